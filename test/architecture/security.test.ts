import { type RuleCase, rulesHold } from "./support/rules-on-templates.ts";
import * as rules from "./support/security-rules.ts";
import { bucketsArePrivate, everyFunctionHasItsRole, noWildcardActions } from "./support/template-rules.ts";

const statement = (role: string, index: number): string =>
  `${role}.Properties.Policies.0.PolicyDocument.Statement.${index}`;

const CASES: RuleCase[] = [
  [
    "no role allows an action by wildcard",
    noWildcardActions,
    [
      { path: `${statement("ScansTaskRole", 0)}.Action`, value: "dynamodb:*" },
      { path: `${statement("RendersInstanceRole", 0)}.Action`, value: ["ecs:Submit*"] },
    ],
  ],
  [
    "everything is allowed only where AWS knows nothing else",
    rules.everythingOnlyWhereAwsKnowsNothingElse,
    [
      { path: `${statement("SweepRole", 1)}.Resource`, value: "*" },
      { path: `${statement("ScansExecutionRole", -1)}.Resource`, value: ["*"] },
    ],
  ],
  [
    "every function has a role of its own",
    everyFunctionHasItsRole,
    [{ path: "TrackLambdaFunction.Properties.Role", value: { "Fn::Sub": "${SweepRole.Arn}" } }],
  ],
  [
    "every task has two roles of its own",
    rules.everyTaskHasItsRoles,
    [
      {
        path: "ScansTaskDefinition.Properties.TaskRoleArn",
        value: { "Fn::GetAtt": ["InventoryTaskRole", "Arn"] },
      },
      { path: "ScansTaskDefinition.Properties.ExecutionRoleArn" },
    ],
  ],
  [
    "only the roles of tasks are handed on, and to ECS tasks only",
    rules.onlyTaskRolesArePassed,
    [
      { path: `${statement("DispatchRole", -1)}.Condition` },
      {
        path: `${statement("DispatchRole", -1)}.Condition.StringEquals.iam:PassedToService`,
        value: ["ecs-tasks.amazonaws.com", "ec2.amazonaws.com"],
      },
      { path: `${statement("DispatchRole", -1)}.Resource`, value: { "Fn::GetAtt": ["NotifyRole", "Arn"] } },
      { path: `${statement("DispatchRole", -1)}.Resource`, value: "arn:aws:iam::123456789012:role/admin" },
    ],
  ],
  [
    "no service acts for another account",
    rules.noServiceActsForStrangers,
    [
      { path: "NightlyScheduleRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition" },
      { path: "ScansTaskRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition" },
    ],
  ],
  [
    "queues, buckets and topics are reached over TLS only",
    rules.queuesBucketsAndTopicsAreReachedOverTls,
    [
      { path: "ResultsBucketPolicy.Properties.PolicyDocument.Statement", value: [] },
      { path: "AdminTopicPolicy.Properties.PolicyDocument.Statement.0.Condition" },
      { path: "WakeQueuePolicy.Properties.Queues", value: [] },
    ],
  ],
  [
    "shared files are reached over TLS only, as a role",
    rules.sharedFilesAreReachedOverTls,
    [
      { path: "SharedFiles.Properties.FileSystemPolicy" },
      {
        path: "ScansTaskDefinition.Properties.Volumes.1.EFSVolumeConfiguration.TransitEncryption",
        value: "DISABLED",
      },
      { path: "ScansTaskDefinition.Properties.Volumes.1.EFSVolumeConfiguration.AuthorizationConfig.IAM" },
    ],
  ],
  [
    "everything is encrypted at rest",
    rules.everythingAtRestIsEncrypted,
    [
      { path: "WakeQueue.Properties.SqsManagedSseEnabled" },
      { path: "UploadsBucket.Properties.BucketEncryption" },
      { path: "AdminTopic.Properties.KmsMasterKeyId", value: "alias/aws/sns" },
      { path: "JobsTable.Properties.SSESpecification.SSEEnabled", value: false },
      { path: "SharedFiles.Properties.Encrypted", value: false },
      { path: "RendersLaunchTemplate.Properties.LaunchTemplateData.BlockDeviceMappings.0.Ebs.Encrypted" },
    ],
  ],
  [
    "whoever publishes to administrators may use the topic's key",
    rules.publishersMayUseTheTopicsKey,
    [
      {
        path: "TopicKey.Properties.KeyPolicy.Statement.1.Principal.Service",
        value: "cloudwatch.amazonaws.com",
      },
      { path: "TopicKey.Properties.KeyPolicy.Statement.1.Action", value: "kms:Decrypt" },
      { path: `${statement("NotifyRole", 3)}.Action`, value: "kms:Decrypt" },
    ],
  ],
  [
    "no bucket may be made public",
    bucketsArePrivate,
    [{ path: "UploadsBucket.Properties.PublicAccessBlockConfiguration.BlockPublicPolicy", value: false }],
  ],
  [
    "nobody connects but to load balancers",
    rules.nobodyConnectsButToLoadBalancers,
    [
      { path: "EndpointSecurityGroup.Properties.SecurityGroupIngress.0.SourceSecurityGroupId" },
      { path: "SharedFilesFromTasks.Properties.SourceSecurityGroupId" },
      { path: "WebServiceFromLoadBalancer.Properties.SourceSecurityGroupId" },
    ],
  ],
  [
    "instances keep their role to themselves",
    rules.instancesKeepTheirRoleToThemselves,
    [
      {
        path: "RendersLaunchTemplate.Properties.LaunchTemplateData.MetadataOptions.HttpTokens",
        value: "optional",
      },
      {
        path: "RendersLaunchTemplate.Properties.LaunchTemplateData.MetadataOptions.HttpPutResponseHopLimit",
        value: 2,
      },
    ],
  ],
];

rulesHold(CASES);
