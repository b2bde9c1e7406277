import { activityOf } from "./idle-activity.ts";
import { HOURLY_PRICES, MONTHLY_PRICES, PUBLIC_ADDRESS_HOUR_USD } from "./prices.ts";
import type { CostLine, PricedTemplate, TemplateResource } from "./cost-line.ts";
import { HOURS_A_MONTH } from "./cost-line.ts";

/** What has no price of its own: it is free, or paid by its use, which is what idleActivity counts. */
const FREE_TYPES: ReadonlySet<string> = new Set(
  Object.entries({
    ApplicationAutoScaling: "ScalableTarget",
    DynamoDB: "Table",
    EC2: "InternetGateway LaunchTemplate Route RouteTable SecurityGroup SecurityGroupEgress SecurityGroupIngress Subnet SubnetRouteTableAssociation VPC VPCGatewayAttachment",
    ECS: "CapacityProvider ClusterCapacityProviderAssociations",
    EFS: "AccessPoint FileSystem MountTarget",
    ElasticLoadBalancingV2: "Listener ListenerRule TargetGroup",
    Events: "EventBus EventBusPolicy",
    IAM: "InstanceProfile ManagedPolicy Policy Role",
    KMS: "Alias",
    Lambda: "EventInvokeConfig Function Permission Version",
    Logs: "LogGroup MetricFilter",
    S3: "Bucket BucketPolicy",
    SNS: "Subscription Topic TopicPolicy",
    SQS: "Queue QueuePolicy",
    SSM: "Parameter",
    Scheduler: "ScheduleGroup",
  }).flatMap(([service, types]) => types.split(" ").map((type) => `AWS::${service}::${type}`)),
);

/** Container Insights reports about so many metrics of a cluster and of each family of tasks that runs in it. */
const METRICS_OF_A_CLUSTER = 11;
const METRICS_OF_A_FAMILY = 9;
/** A target tracking policy makes two alarms of its own. */
const ALARMS_OF_TRACKING = 2;
/** Of all images that are kept for one task. */
const IMAGE_GB = 1;

/** Undefined where it is not known what this one costs. */
type Price = (resource: TemplateResource, template: PricedTemplate) => readonly CostLine[] | undefined;

const PRICED_TYPES: Readonly<Record<string, Price>> = {
  "AWS::KMS::Key": () => [{ item: "encryption key", usd: MONTHLY_PRICES.kmsKeyUsd }],
  "AWS::CloudWatch::Alarm": ({ Properties = {} }) => [
    { item: "alarm", usd: MONTHLY_PRICES.alarmMetricUsd * metricsOf(Properties) },
  ],
  "AWS::CloudWatch::CompositeAlarm": () => [
    { item: "composite alarm", usd: MONTHLY_PRICES.compositeAlarmUsd },
  ],
  "AWS::CloudWatch::Dashboard": () => [{ item: "dashboard", usd: MONTHLY_PRICES.dashboardUsd }],
  "AWS::SecretsManager::Secret": () => [{ item: "secret", usd: MONTHLY_PRICES.secretUsd }],
  "AWS::EC2::NatGateway": () => [{ item: "NAT gateway", usd: HOURLY_PRICES.natGatewayUsd * HOURS_A_MONTH }],
  "AWS::EC2::EIP": () => [{ item: "public address", usd: PUBLIC_ADDRESS_HOUR_USD * HOURS_A_MONTH }],
  "AWS::EC2::VPCEndpoint": ({ Properties = {} }) =>
    Properties["VpcEndpointType"] === "Interface"
      ? [
          {
            item: "interface endpoint",
            usd: HOURLY_PRICES.interfaceEndpointUsd * HOURS_A_MONTH * lengthOf(Properties["SubnetIds"]),
          },
        ]
      : [],
  "AWS::ElasticLoadBalancingV2::LoadBalancer": () => [
    { item: "load balancer", usd: HOURLY_PRICES.loadBalancerUsd * HOURS_A_MONTH },
  ],
  "AWS::ApplicationAutoScaling::ScalingPolicy": ({ Properties = {} }) =>
    Properties["PolicyType"] === "TargetTrackingScaling"
      ? [
          {
            item: "alarms of scaling",
            usd: MONTHLY_PRICES.alarmMetricUsd * ALARMS_OF_TRACKING * metricsTrackedBy(Properties),
          },
        ]
      : [],
  "AWS::ECS::Cluster": ({ Properties = {} }, template) => insights(Properties, template),
  "AWS::ECS::TaskDefinition": () => [
    { item: "container images kept (1 GB a task)", usd: MONTHLY_PRICES.imageGbUsd * IMAGE_GB },
  ],
  "AWS::Lambda::EventSourceMapping": activityOf.eventSourceMapping,
  "AWS::Events::Rule": activityOf.rule,
  "AWS::Scheduler::Schedule": activityOf.rule,
  "AWS::ECS::Service": activityOf.service,
  "AWS::AutoScaling::AutoScalingGroup": activityOf.instances,
};

/** What a deployed stack costs in a month in which nobody uploads anything. */
export interface IdleMonth {
  /** Equal lines are added up; the dearest first. */
  readonly lines: readonly CostLine[];
  readonly usd: number;
  /** Types of which it is not known what they cost: the sum is worth nothing until they are. */
  readonly unknownTypes: readonly string[];
}

/** Adds up what each resource of a template costs, whether by standing there or by what it does by itself. */
export function idleMonth(template: PricedTemplate): IdleMonth {
  const sums = new Map<string, { usd: number; times: number }>();
  const unknown = new Set<string>();
  for (const resource of Object.values(template.Resources)) {
    const free = FREE_TYPES.has(resource.Type) ? [] : undefined;
    const priced = PRICED_TYPES[resource.Type]?.(resource, template) ?? free;
    if (priced === undefined) unknown.add(resource.Type);
    for (const { item, usd } of priced ?? []) {
      const sum = sums.get(item) ?? { usd: 0, times: 0 };
      sums.set(item, { usd: sum.usd + usd, times: sum.times + 1 });
    }
  }
  const lines = [...sums]
    .filter(([, { usd }]) => usd > 0)
    .map(([item, { usd, times }]) => ({ item: times === 1 ? item : `${times} x ${item}`, usd }))
    .sort((one, other) => other.usd - one.usd);
  return { lines, usd: lines.reduce((sum, { usd }) => sum + usd, 0), unknownTypes: [...unknown].sort() };
}

function metricsOf(properties: Readonly<Record<string, unknown>>): number {
  const metrics = properties["Metrics"];
  if (!Array.isArray(metrics)) return 1;
  return metrics.filter((metric) => (metric as { MetricStat?: unknown }).MetricStat !== undefined).length;
}

function metricsTrackedBy(properties: Readonly<Record<string, unknown>>): number {
  const configuration = properties["TargetTrackingScalingPolicyConfiguration"] as
    { CustomizedMetricSpecification?: Readonly<Record<string, unknown>> } | undefined;
  return metricsOf(configuration?.CustomizedMetricSpecification ?? {});
}

function insights(properties: Readonly<Record<string, unknown>>, template: PricedTemplate): CostLine[] {
  if (!/"Name":"containerInsights","Value":"enable/.test(JSON.stringify(properties))) return [];
  const families = Object.values(template.Resources).filter(
    ({ Type }) => Type === "AWS::ECS::TaskDefinition",
  );
  const metrics = METRICS_OF_A_CLUSTER + METRICS_OF_A_FAMILY * families.length;
  return [{ item: "Container Insights", usd: MONTHLY_PRICES.metricUsd * metrics }];
}

function lengthOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 1;
}
