import { textOf, type RecordedType } from "./recorded-provider.ts";

/** Keys, names, alarms and what scales: everything that is recorded and is no part of a network, disk or load balancer. */
export const managementTypes: Readonly<Record<string, RecordedType>> = {
  "AWS::KMS::Key": {
    physicalId: ({ hex }) => uuidFrom(hex(32)),
    attributes: (KeyId, { region, accountId }) => ({
      KeyId,
      Arn: `arn:aws:kms:${region}:${accountId}:key/${KeyId}`,
    }),
  },
  "AWS::KMS::Alias": { physicalId: ({ properties }) => textOf(properties["AliasName"]) ?? "" },
  "AWS::CloudWatch::Dashboard": { physicalId: ({ name }) => name("DashboardName", 255) },
  "AWS::AutoScaling::AutoScalingGroup": {
    physicalId: ({ name }) => name("AutoScalingGroupName", 255),
    attributes: (name, { region, accountId, hex }) => ({
      AutoScalingGroupARN: `arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:${uuidFrom(hex(32))}:autoScalingGroupName/${name}`,
    }),
  },
  "AWS::ECS::CapacityProvider": { physicalId: ({ name }) => name("Name", 255) },
  "AWS::IAM::InstanceProfile": {
    physicalId: ({ name }) => name("InstanceProfileName", 128),
    attributes: (name, { accountId, properties }) => ({
      Arn: `arn:aws:iam::${accountId}:instance-profile${textOf(properties["Path"]) ?? "/"}${name}`,
    }),
  },
  "AWS::Lambda::Version": {
    physicalId: ({ properties, region, accountId }) =>
      `${functionArn(textOf(properties["FunctionName"]) ?? "", region, accountId)}:1`,
    attributes: (arn) => ({ FunctionArn: arn, Version: "1" }),
  },
};

function uuidFrom(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

function functionArn(nameOrArn: string, region: string, accountId: string): string {
  return nameOrArn.startsWith("arn:")
    ? nameOrArn
    : `arn:aws:lambda:${region}:${accountId}:function:${nameOrArn}`;
}
