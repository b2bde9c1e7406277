import type { Template, TemplateResource } from "./package-service.ts";
import { idOf, list, ofType, roleStatements, type TemplateRule } from "./template-rules.ts";

/* What AWS refuses, or what does not work there, though it is a valid template. */

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ec2-securitygroup-ingress.html */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{1,255}$/;

interface Rule {
  readonly Description?: string;
}

export const ec2TakesAllDescriptions: TemplateRule = (template) =>
  [
    ...ofType(template, "AWS::EC2::SecurityGroup"),
    ...ofType(template, "AWS::EC2::SecurityGroupIngress"),
  ].flatMap(([id, { Properties }]) => {
    const rules = [Properties.SecurityGroupIngress, Properties.SecurityGroupEgress].flatMap((all) =>
      list(all as Rule | Rule[] | undefined),
    );
    return [Properties.GroupDescription, Properties.Description, ...rules.map((rule) => rule.Description)]
      .filter((text) => text !== undefined && !DESCRIPTION.test(String(text)))
      .map((text) => `${id} is described as ${String(text)}`);
  });

interface Network {
  readonly AwsvpcConfiguration?: { readonly Subnets: unknown[] };
}

/** A service whose first tasks cannot start is rolled back, and the stack with it. */
export const servicesWaitForWhatTheirTasksNeed: TemplateRule = (template) =>
  ofType(template, "AWS::ECS::Service").flatMap(([id, { Properties, ...resource }]) => {
    const { DependsOn } = resource as { DependsOn?: string | string[] };
    const subnets = list(
      (Properties.NetworkConfiguration as Network | undefined)?.AwsvpcConfiguration?.Subnets,
    ).map(idOf);
    const tables = ofType(template, "AWS::EC2::SubnetRouteTableAssociation").filter(([, association]) =>
      subnets.includes(idOf(association.Properties.SubnetId)),
    );
    const isPrivate = subnets.some((subnet) =>
      ofType(template, "AWS::EC2::VPCEndpoint").some(([, endpoint]) =>
        list(endpoint.Properties.SubnetIds as unknown[] | undefined)
          .map(idOf)
          .includes(subnet),
      ),
    );
    const definition = template.Resources[idOf(Properties.TaskDefinition)];
    const mounts = list(definition?.Properties.Volumes as { EFSVolumeConfiguration?: object }[]).some(
      ({ EFSVolumeConfiguration }) => EFSVolumeConfiguration !== undefined,
    );
    const needed = [
      "ClusterCapacity",
      ...tables.map(([table]) => table),
      ...(isPrivate ? ["S3Endpoint", "EcrApiEndpoint", "EcrDkrEndpoint", "LogsEndpoint", "SqsEndpoint"] : []),
      ...(subnets.some((subnet) => subnet !== "") && !isPrivate ? ["InternetRoute"] : []),
      ...(mounts ? ofType(template, "AWS::EFS::MountTarget").map(([target]) => target) : []),
    ];
    return needed
      .filter((one) => !list(DependsOn).includes(one))
      .map((one) => `${id} does not wait for ${one}`);
  });

interface Container {
  readonly Environment: { readonly Name: string }[];
}

/** Without it no SDK knows where to call. */
export const tasksOnInstancesKnowTheirRegion: TemplateRule = (template) =>
  ofType(template, "AWS::ECS::TaskDefinition")
    .filter(([, { Properties }]) => list(Properties.RequiresCompatibilities as string[]).includes("EC2"))
    .filter(([, { Properties }]) =>
      (Properties.ContainerDefinitions as Container[]).some(
        ({ Environment }) => !Environment.some(({ Name }) => Name === "AWS_REGION"),
      ),
    )
    .map(([id]) => `${id} does not know its Region`);

/** A launch type excludes strategies, and with them Spot and instances of ours. */
export const nothingNamesALaunchType: TemplateRule = (template) =>
  ofType(template, "AWS::ECS::Service")
    .filter(
      ([, { Properties }]) =>
        Properties.LaunchType !== undefined ||
        list(Properties.CapacityProviderStrategy as unknown[]).length === 0,
    )
    .map(([id]) => `${id} has no capacity strategy`);

const REGISTRY = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+\/([^:@]+)/;

/** The role with which ECS starts a task pulls its image, whosever registry it lies in. */
export const imagesMayBePulled: TemplateRule = (template) =>
  ofType(template, "AWS::ECS::TaskDefinition").flatMap(([id, { Properties }]) => {
    const allowed = roleStatements(template)
      .filter((entry) => entry.id === idOf(Properties.ExecutionRoleArn))
      .filter(({ statement }) => list(statement.Action).includes("ecr:BatchGetImage"))
      .map(({ statement }) => JSON.stringify(statement.Resource));
    return (Properties.ContainerDefinitions as { Image: unknown }[])
      .flatMap(({ Image }) => (typeof Image === "string" ? [REGISTRY.exec(Image)] : []))
      .flatMap((found) => (found === null ? [] : [`:ecr:${found[2]}:${found[1]}:repository/${found[3]}"`]))
      .filter((repository) => !allowed.some((resource) => resource.includes(repository)))
      .map((repository) => `${id} may not pull from ${repository}`);
  });

/** A tick whose rule intake does not know by its name is set aside. */
export const intakeKnowsTheSchedules: TemplateRule = (template) => {
  const environment = template.Resources["IntakeLambdaFunction"]?.Properties.Environment as
    { Variables: Record<string, unknown> } | undefined;
  const prefix = String(environment?.Variables["SLIPWAY_RULE_PREFIX"]);
  return schedules(template)
    .filter(([, { Properties }]) => !String(Properties.Name).startsWith(prefix))
    .map(([id]) => `${id} is not named ${prefix} and its pipeline`);
};

/** So is one of a pipeline that intake does not know yet, for it is updated only after this. */
export const schedulesWaitForIntake: TemplateRule = (template) =>
  schedules(template)
    .filter(
      ([, resource]) =>
        !list((resource as { DependsOn?: string | string[] }).DependsOn).includes("IntakeLambdaFunction"),
    )
    .map(([id]) => `${id} does not wait for the intake that knows its pipeline`);

function schedules(template: Template): [string, TemplateResource][] {
  const rules = ofType(template, "AWS::Events::Rule").filter(
    ([, { Properties }]) =>
      Properties.ScheduleExpression !== undefined &&
      list(Properties.Targets as { Arn: unknown }[]).some(({ Arn }) => idOf(Arn) === "IntakeQueue"),
  );
  return [...rules, ...ofType(template, "AWS::Scheduler::Schedule")];
}
