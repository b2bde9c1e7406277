import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import { networkParts } from "./network/networks.ts";
import { logicalName } from "./pipeline-names.ts";
import type { Settings } from "./settings.ts";
import { imageStatements } from "./task-roles.ts";
import {
  allow,
  arnOf,
  attribute,
  localArn,
  ref,
  roleFor,
  sub,
  type Intrinsic,
  type Resource,
  type Resources,
  type Statement,
} from "./template.ts";

/** What tasks may run on: Fargate, and instances for each pipeline that wants its own. */
export function capacityResources(
  pipelines: Pipelines,
  options: { settings: Settings; stage: string },
): Resources {
  const own = Object.values(pipelines).filter(({ capacity }) => capacity.type === "ec2");
  const resources = own.flatMap((pipeline) => Object.entries(instancesOf(pipeline, options)));
  return {
    ClusterCapacity: {
      Type: "AWS::ECS::ClusterCapacityProviderAssociations",
      Properties: {
        Cluster: ref("Cluster"),
        CapacityProviders: ["FARGATE", "FARGATE_SPOT", ...own.map((pipeline) => ref(providerId(pipeline)))],
        // Which capacity a run takes is said in its RunTask call.
        DefaultCapacityProviderStrategy: [],
      },
    },
    ...Object.fromEntries(resources),
  };
}

/** JSON object of pipeline name to capacity provider, for dispatch. */
export function capacityProvidersByPipeline(pipelines: Pipelines): Intrinsic | string {
  const own = Object.values(pipelines).filter(({ capacity }) => capacity.type === "ec2");
  if (own.length === 0) return "{}";
  return sub(
    JSON.stringify(Object.fromEntries(own.map((pipeline) => [pipeline.name, `\${${providerId(pipeline)}}`]))),
  );
}

export function providerId({ name }: Pipeline): string {
  return `${logicalName(name)}CapacityProvider`;
}

function instancesOf(
  pipeline: Pipeline,
  { settings, stage }: { settings: Settings; stage: string },
): Resources {
  const { instances } = pipeline.capacity;
  if (instances === undefined) return {};
  const id = logicalName(pipeline.name);
  return {
    [`${id}InstanceRole`]: roleFor("ec2.amazonaws.com", "host-tasks", [
      ...agentStatements(),
      ...imageStatements(pipeline, stage),
    ]),
    [`${id}InstanceProfile`]: {
      Type: "AWS::IAM::InstanceProfile",
      Properties: { Roles: [ref(`${id}InstanceRole`)] },
    },
    [`${id}LaunchTemplate`]: launchTemplate(pipeline, settings, stage),
    [`${id}Instances`]: {
      Type: "AWS::AutoScaling::AutoScalingGroup",
      Properties: {
        MinSize: String(instances.least),
        MaxSize: String(instances.most),
        VPCZoneIdentifier: networkParts(pipeline.network, settings).subnets,
        LaunchTemplate: {
          LaunchTemplateId: ref(`${id}LaunchTemplate`),
          Version: attribute(`${id}LaunchTemplate`, "LatestVersionNumber"),
        },
        // Managed termination protection asks for it: an instance with a task on it is never taken away.
        NewInstancesProtectedFromScaleIn: true,
        Tags: [
          { Key: "AmazonECSManaged", Value: "true", PropagateAtLaunch: true },
          { Key: "Name", Value: `slipway-${stage}-${pipeline.name}`, PropagateAtLaunch: true },
        ],
      },
    },
    [providerId(pipeline)]: {
      Type: "AWS::ECS::CapacityProvider",
      Properties: {
        AutoScalingGroupProvider: {
          AutoScalingGroupArn: ref(`${id}Instances`),
          ManagedScaling: { Status: "ENABLED", TargetCapacity: 100 },
          ManagedTerminationProtection: "ENABLED",
          ManagedDraining: "ENABLED",
        },
      },
    },
  };
}

/** The AMI that ECS keeps up to date; a deploy takes the newest. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html */
const AMI_PARAMETER = {
  ARM64: "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
  X86_64: "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
} as const;

/** What the AMI asks for. */
const DISK_GIB = 30;

function launchTemplate(pipeline: Pipeline, settings: Settings, stage: string): Resource {
  const { securityGroup, publicAddress } = networkParts(pipeline.network, settings);
  const id = logicalName(pipeline.name);
  return {
    Type: "AWS::EC2::LaunchTemplate",
    Properties: {
      LaunchTemplateData: {
        ImageId: `{{resolve:ssm:${AMI_PARAMETER[pipeline.architecture]}}}`,
        InstanceType: pipeline.capacity.instances?.type,
        IamInstanceProfile: { Arn: arnOf(`${id}InstanceProfile`) },
        // One hop: a container in bridge mode is two away and cannot take the instance's role.
        MetadataOptions: { HttpTokens: "required", HttpEndpoint: "enabled", HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [
          {
            DeviceName: "/dev/xvda",
            Ebs: { Encrypted: true, VolumeType: "gp3", VolumeSize: DISK_GIB, DeleteOnTermination: true },
          },
        ],
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            AssociatePublicIpAddress: publicAddress,
            Groups: [attribute(securityGroup, "GroupId")],
            DeleteOnTermination: true,
          },
        ],
        UserData: { "Fn::Base64": sub(AGENT_CONFIGURATION) },
        TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "slipway:stage", Value: stage }] }],
      },
    },
  };
}

const AGENT_CONFIGURATION = `#!/bin/bash
cat >> /etc/ecs/ecs.config <<'END'
ECS_CLUSTER=\${Cluster}
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=true
END
`;

/** What the agent on an instance calls. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/instance_IAM_role.html */
function agentStatements(): Statement[] {
  const cluster = arnOf("Cluster");
  const ofCluster = { ArnEquals: { "ecs:cluster": cluster } };
  return [
    allow("ecs:DiscoverPollEndpoint", "*"),
    allow(
      [
        "ecs:DeregisterContainerInstance",
        "ecs:RegisterContainerInstance",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitContainerStateChange",
        "ecs:SubmitTaskStateChange",
      ],
      cluster,
    ),
    allow(
      ["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
      localArn("ecs", "container-instance/${Cluster}/*"),
      ofCluster,
    ),
  ];
}
