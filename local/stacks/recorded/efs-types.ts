import type { RecordedType } from "./recorded-provider.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/AWS_EFS.html */
export const efsTypes: Readonly<Record<string, RecordedType>> = {
  "AWS::EFS::FileSystem": {
    physicalId: ({ hex }) => `fs-${hex(17)}`,
    attributes: (FileSystemId, { region, accountId }) => ({
      FileSystemId,
      Arn: `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/${FileSystemId}`,
    }),
  },
  "AWS::EFS::MountTarget": {
    physicalId: ({ hex }) => `fsmt-${hex(17)}`,
    attributes: (Id, { properties }) => ({ Id, IpAddress: properties["IpAddress"] ?? "10.0.0.4" }),
  },
  "AWS::EFS::AccessPoint": {
    physicalId: ({ hex }) => `fsap-${hex(17)}`,
    attributes: (AccessPointId, { region, accountId }) => ({
      AccessPointId,
      Arn: `arn:aws:elasticfilesystem:${region}:${accountId}:access-point/${AccessPointId}`,
    }),
  },
};
