import { UNSCOPED_ACTIONS } from "#core/pipelines/unscoped-actions.ts";
import { idOf, list, ofType, roleStatements, statementsOf, type TemplateRule } from "./template-rules.ts";

export const everythingOnlyWhereAwsKnowsNothingElse: TemplateRule = (template) =>
  roleStatements(template).flatMap(({ id, statement }) => {
    const everything = list(statement.Resource).includes("*");
    return list(statement.Action)
      .filter((action) => everything && !UNSCOPED_ACTIONS.has(action))
      .map((action) => `${id} allows ${action} on everything`);
  });

/** The roles that ECS takes over for tasks: one that starts them and one that works, for each task definition. */
export const everyTaskHasItsRoles: TemplateRule = (template) => {
  const taken = ofType(template, "AWS::ECS::TaskDefinition").flatMap(([id, { Properties }]) =>
    [Properties.TaskRoleArn, Properties.ExecutionRoleArn].map((role) => ({ id, role: idOf(role) })),
  );
  return taken
    .filter(({ role }, index) => role === "" || taken.findIndex((other) => other.role === role) !== index)
    .map(({ id, role }) => `${id} shares the role ${role}`);
};

export const onlyTaskRolesArePassed: TemplateRule = (template) => {
  const ofTasks = new Set(
    ofType(template, "AWS::ECS::TaskDefinition").flatMap(([, { Properties }]) =>
      [Properties.TaskRoleArn, Properties.ExecutionRoleArn].map(idOf),
    ),
  );
  return roleStatements(template)
    .filter(({ statement }) => list(statement.Action).includes("iam:PassRole"))
    .flatMap(({ id, statement }) => {
      const services = list(statement.Condition?.StringEquals?.["iam:PassedToService"]);
      const isToTasks = services.length === 1 && services[0] === "ecs-tasks.amazonaws.com";
      return [
        ...(isToTasks ? [] : [`${id} may hand roles to others than ECS tasks`]),
        ...list(statement.Resource)
          .map(idOf)
          .filter((role) => !ofTasks.has(role))
          .map((role) => `${id} may hand on ${role === "" ? "roles of others" : role}`),
      ];
    });
};

/** Roles for the services that take over roles for somebody else are for this account only. */
export const noServiceActsForStrangers: TemplateRule = (template) =>
  ofType(template, "AWS::IAM::Role").flatMap(([id, { Properties }]) =>
    statementsOf(Properties.AssumeRolePolicyDocument)
      .filter(({ Principal }) =>
        ["ecs-tasks.amazonaws.com", "scheduler.amazonaws.com"].includes(String(Principal?.Service)),
      )
      .filter(({ Condition }) => Condition?.StringEquals?.["aws:SourceAccount"] === undefined)
      .map(() => `${id} may be taken over for another account`),
  );

const HAS_TLS = ["AWS::SQS::Queue", "AWS::S3::Bucket", "AWS::SNS::Topic"];
const POLICIES: Readonly<Record<string, string>> = {
  "AWS::SQS::QueuePolicy": "Queues",
  "AWS::S3::BucketPolicy": "Bucket",
  "AWS::SNS::TopicPolicy": "Topics",
};

export const queuesBucketsAndTopicsAreReachedOverTls: TemplateRule = (template) => {
  const secured = new Set(
    Object.values(template.Resources).flatMap(({ Type, Properties }) => {
      const guarded = POLICIES[Type];
      if (guarded === undefined || !deniesPlainHttp(Properties.PolicyDocument)) return [];
      return list(Properties[guarded]).map(idOf);
    }),
  );
  return HAS_TLS.flatMap((type) => ofType(template, type))
    .filter(([id]) => !secured.has(id))
    .map(([id]) => `${id} may be reached without TLS`);
};

export const sharedFilesAreReachedOverTls: TemplateRule = (template) => [
  ...ofType(template, "AWS::EFS::FileSystem")
    .filter(([, { Properties }]) => !deniesPlainHttp(Properties.FileSystemPolicy))
    .map(([id]) => `${id} may be reached without TLS`),
  ...ofType(template, "AWS::ECS::TaskDefinition").flatMap(([id, { Properties }]) =>
    (Properties.Volumes as { EFSVolumeConfiguration?: EfsVolume }[])
      .flatMap(({ EFSVolumeConfiguration }) => EFSVolumeConfiguration ?? [])
      .filter(
        ({ TransitEncryption, AuthorizationConfig }) =>
          TransitEncryption !== "ENABLED" || AuthorizationConfig?.IAM !== "ENABLED",
      )
      .map(() => `${id} mounts files in the clear or as anybody`),
  ),
];

interface EfsVolume {
  readonly TransitEncryption?: string;
  readonly AuthorizationConfig?: { readonly IAM?: string };
}

function deniesPlainHttp(document: unknown): boolean {
  return statementsOf(document).some(
    ({ Effect, Condition }) =>
      Effect === "Deny" && String(Condition?.Bool?.["aws:SecureTransport"]) === "false",
  );
}

/** What keeps data, and what says that they are encrypted there. */
const ENCRYPTED: Readonly<Record<string, (properties: Record<string, unknown>) => boolean>> = {
  "AWS::SQS::Queue": ({ SqsManagedSseEnabled }) => SqsManagedSseEnabled === true,
  "AWS::S3::Bucket": ({ BucketEncryption }) => BucketEncryption !== undefined,
  "AWS::SNS::Topic": ({ KmsMasterKeyId }) => idOf(KmsMasterKeyId) !== "",
  "AWS::DynamoDB::Table": ({ SSESpecification }) =>
    (SSESpecification as { SSEEnabled?: boolean } | undefined)?.SSEEnabled === true,
  "AWS::EFS::FileSystem": ({ Encrypted }) => Encrypted === true,
  "AWS::EC2::LaunchTemplate": ({ LaunchTemplateData }) =>
    (
      LaunchTemplateData as { BlockDeviceMappings: { Ebs: { Encrypted?: boolean } }[] }
    ).BlockDeviceMappings.every(({ Ebs }) => Ebs.Encrypted === true),
};

export const everythingAtRestIsEncrypted: TemplateRule = (template) =>
  Object.entries(template.Resources)
    .filter(([, { Type, Properties }]) => ENCRYPTED[Type]?.(Properties) === false)
    .map(([id]) => `${id} is not encrypted`);

/** With the key that AWS manages, alarms and rules publish nothing and nobody sees it. */
export const publishersMayUseTheTopicsKey: TemplateRule = (template) =>
  ofType(template, "AWS::SNS::Topic").flatMap(([topic, { Properties }]) => {
    const key = idOf(Properties.KmsMasterKeyId);
    const statements = statementsOf(template.Resources[key]?.Properties.KeyPolicy);
    const admitted = statements
      .filter(({ Action }) =>
        ["kms:Decrypt", "kms:GenerateDataKey*"].every((use) => list(Action).includes(use)),
      )
      .flatMap(({ Principal }) => list(Principal?.Service));
    const services = ["cloudwatch.amazonaws.com", "events.amazonaws.com"].filter(
      (service) => !admitted.includes(service),
    );
    const allowed = (id: string, action: string, resource: string): boolean =>
      roleStatements(template).some(
        (entry) =>
          entry.id === id &&
          list(entry.statement.Action).includes(action) &&
          list(entry.statement.Resource).map(idOf).includes(resource),
      );
    const functions = roleStatements(template)
      .map(({ id }) => id)
      .filter((id, index, all) => all.indexOf(id) === index && allowed(id, "sns:Publish", topic))
      .filter((id) => !["kms:Decrypt", "kms:GenerateDataKey"].every((use) => allowed(id, use, key)));
    return [...services, ...functions].map((who) => `${who} publishes to ${topic} and may not use its key`);
  });

/** Groups may let each other in; addresses are let in by the load balancers' alone. */
export const nobodyConnectsButToLoadBalancers: TemplateRule = (template) => {
  const ofBalancers = new Set(
    ofType(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").flatMap(([, { Properties }]) =>
      list(Properties.SecurityGroups as unknown[]).map(idOf),
    ),
  );
  const rules = [
    ...ofType(template, "AWS::EC2::SecurityGroup").flatMap(([id, { Properties }]) =>
      list(Properties.SecurityGroupIngress as Ingress | Ingress[] | undefined).map((rule) => ({ id, rule })),
    ),
    ...ofType(template, "AWS::EC2::SecurityGroupIngress").map(([, { Properties }]) => ({
      id: idOf(Properties.GroupId),
      rule: Properties as Ingress,
    })),
  ];
  return rules
    .filter(({ id, rule }) => rule.SourceSecurityGroupId === undefined && !ofBalancers.has(id))
    .map(({ id }) => `${id} lets addresses connect`);
};

interface Ingress {
  readonly SourceSecurityGroupId?: unknown;
}

export const instancesKeepTheirRoleToThemselves: TemplateRule = (template) =>
  ofType(template, "AWS::EC2::LaunchTemplate")
    .filter(([, { Properties }]) => {
      const { MetadataOptions: options } = Properties.LaunchTemplateData as {
        MetadataOptions?: { HttpTokens?: string; HttpPutResponseHopLimit?: number };
      };
      return options?.HttpTokens !== "required" || options.HttpPutResponseHopLimit !== 1;
    })
    .map(([id]) => `${id} lets containers take the instance's role`);
