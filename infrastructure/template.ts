/** The words of CloudFormation that our TypeScript parts are written in. */

export type Intrinsic =
  | { readonly Ref: string }
  | { readonly "Fn::GetAtt": readonly [logicalId: string, attribute: string] }
  | { readonly "Fn::Sub": string };

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;
export type Outputs = Readonly<Record<string, { readonly Value: Intrinsic }>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  /** Absent in a role's trust policy. */
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

export const ref = (logicalId: string): Intrinsic => ({ Ref: logicalId });
export const attribute = (logicalId: string, name: string): Intrinsic => ({
  "Fn::GetAtt": [logicalId, name],
});
export const arnOf = (logicalId: string): Intrinsic => attribute(logicalId, "Arn");
export const sub = (text: string): Intrinsic => ({ "Fn::Sub": text });

/** An ARN in the stack's own account and Region; `rest` may name resources as Fn::Sub does. */
export const localArn = (service: string, rest: string): Intrinsic =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`);

export const policyDocument = (statements: readonly Statement[]): object => ({
  Version: "2012-10-17",
  Statement: statements,
});

export const allow = (
  Action: string | readonly string[],
  Resource: unknown,
  Condition?: object,
): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition === undefined ? {} : { Condition: { ...Condition } }),
});

/** A role for one service, with one policy; the trust condition says for whom the service may act. */
export function roleFor(
  service: string,
  policyName: string,
  statements: readonly Statement[],
  trustCondition?: object,
): Resource {
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: policyDocument([
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sts:AssumeRole",
          ...(trustCondition === undefined ? {} : { Condition: { ...trustCondition } }),
        },
      ]),
      Policies: [{ PolicyName: policyName, PolicyDocument: policyDocument(statements) }],
    },
  };
}
