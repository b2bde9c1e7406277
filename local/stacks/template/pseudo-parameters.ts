/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html; AWS::NoValue stands apart. */
export interface PseudoParameters {
  readonly accountId: string;
  readonly region: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly notificationArns: readonly string[];
}

export function pseudoParameter(name: string, values: PseudoParameters): unknown {
  switch (name) {
    case "AWS::AccountId":
      return values.accountId;
    case "AWS::Region":
      return values.region;
    case "AWS::StackId":
      return values.stackId;
    case "AWS::StackName":
      return values.stackName;
    case "AWS::NotificationARNs":
      return values.notificationArns;
    case "AWS::Partition":
      return "aws";
    case "AWS::URLSuffix":
      return "amazonaws.com";
    default:
      return undefined;
  }
}

export function isPseudoParameter(name: string): boolean {
  return name.startsWith("AWS::");
}
