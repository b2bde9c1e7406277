import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import { FILES_PORT, FILES_SECURITY_GROUP, networkParts } from "./network/networks.ts";
import { PUBLIC_SUBNET_IDS } from "./network/own-vpc.ts";
import { logicalName } from "./pipeline-names.ts";
import type { Settings } from "./settings.ts";
import {
  allow,
  arnOf,
  attribute,
  policyDocument,
  ref,
  type Intrinsic,
  type Resource,
  type Resources,
  type Statement,
} from "./template.ts";

/** The name of the volume in a task definition. */
export const VOLUME_NAME = "shared";

/** The user `node` of the Node images, as which every container runs. */
export const TASK_USER = "1000";

/** One file system for the stage, reachable in every zone, with a folder of its own for each name of a volume. */
export function sharedFiles(pipelines: Pipelines, settings: Settings): Resources {
  const users = Object.values(pipelines).filter(({ volume }) => volume !== undefined);
  const [first] = users;
  if (first === undefined) return {};
  const parts = networkParts(first.network, settings);
  const subnets = targetSubnets(first, settings);
  const names = [...new Set(users.flatMap(({ volume }) => volume?.name ?? []))];
  return {
    SharedFiles: fileSystem(settings),
    [FILES_SECURITY_GROUP]: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: "Shared files take NFS from tasks",
        VpcId: parts.vpc,
        SecurityGroupEgress: [
          { IpProtocol: "-1", CidrIp: "127.0.0.1/32", Description: "A file system opens no connections" },
        ],
      },
    },
    // Apart from both groups, which name each other.
    SharedFilesFromTasks: {
      Type: "AWS::EC2::SecurityGroupIngress",
      Properties: {
        GroupId: attribute(FILES_SECURITY_GROUP, "GroupId"),
        IpProtocol: "tcp",
        FromPort: FILES_PORT,
        ToPort: FILES_PORT,
        SourceSecurityGroupId: attribute(parts.securityGroup, "GroupId"),
        Description: "NFS from tasks",
      },
    },
    ...Object.fromEntries(
      subnets.map((subnet, index): [string, Resource] => [
        targetId(index),
        {
          Type: "AWS::EFS::MountTarget",
          Properties: {
            FileSystemId: ref("SharedFiles"),
            SubnetId: subnet,
            SecurityGroups: [attribute(FILES_SECURITY_GROUP, "GroupId")],
          },
        },
      ]),
    ),
    ...Object.fromEntries(names.map((name) => [accessPointId(name), accessPoint(name)])),
  };
}

/** A file system has one address a zone, and all of the VPC reaches it. */
function targetSubnets({ network }: Pipeline, settings: Settings): readonly (Intrinsic | string)[] {
  return network === "existing" ? networkParts(network, settings).subnets : PUBLIC_SUBNET_IDS.map(ref);
}

const targetId = (index: number): string => `SharedFilesTarget${String.fromCodePoint(65 + index)}`;

/** The addresses without which a task of the pipeline cannot mount its volume. */
export function mountTargetIds(pipeline: Pipeline, settings: Settings): string[] {
  return pipeline.volume === undefined
    ? []
    : targetSubnets(pipeline, settings).map((_, index) => targetId(index));
}

function fileSystem(settings: Settings): Resource {
  return {
    Type: "AWS::EFS::FileSystem",
    DeletionPolicy: settings.dataDeletionPolicy,
    UpdateReplacePolicy: settings.dataReplacePolicy,
    Properties: {
      Encrypted: true,
      PerformanceMode: "generalPurpose",
      ThroughputMode: "elastic",
      LifecyclePolicies: [
        { TransitionToIA: "AFTER_30_DAYS" },
        { TransitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ],
      // With a policy of its own the file system lets in only whom IAM allows.
      FileSystemPolicy: policyDocument([
        {
          Sid: "OnlyOverTls",
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: "*",
          Resource: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]),
    },
  };
}

/** Whoever comes through it is the container's user, in the folder of the volume's name. */
function accessPoint(name: string): Resource {
  return {
    Type: "AWS::EFS::AccessPoint",
    Properties: {
      FileSystemId: ref("SharedFiles"),
      PosixUser: { Uid: TASK_USER, Gid: TASK_USER },
      RootDirectory: {
        Path: `/${name}`,
        CreationInfo: { OwnerUid: TASK_USER, OwnerGid: TASK_USER, Permissions: "0750" },
      },
    },
  };
}

function accessPointId(name: string): string {
  return `${logicalName(name)}Files`;
}

/** The volume in the pipeline's task definition. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html */
export function sharedVolume({ volume }: Pipeline): object[] {
  if (volume === undefined) return [];
  return [
    {
      Name: VOLUME_NAME,
      EFSVolumeConfiguration: {
        FilesystemId: ref("SharedFiles"),
        TransitEncryption: "ENABLED",
        AuthorizationConfig: { AccessPointId: ref(accessPointId(volume.name)), IAM: "ENABLED" },
      },
    },
  ];
}

export function volumeStatements({ volume }: Pipeline): Statement[] {
  if (volume === undefined) return [];
  const writes = volume.access === "read-write" ? ["elasticfilesystem:ClientWrite"] : [];
  return [
    allow(["elasticfilesystem:ClientMount", ...writes], arnOf("SharedFiles"), {
      StringEquals: { "elasticfilesystem:AccessPointArn": arnOf(accessPointId(volume.name)) },
    }),
  ];
}
