import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { parsed, targetKey, validation, type ScalableTarget, type TargetKey } from "./model.ts";
import type { ScalingChanges } from "./scaling-changes.ts";
import type { ScalingStore } from "./scaling-store.ts";

/**
 * AWS::ApplicationAutoScaling::ScalableTarget and ScalingPolicy.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApplicationAutoScaling.html
 */
export function scalingResources(store: ScalingStore, changes: ScalingChanges): ResourceProvider[] {
  const putTarget = (properties: Properties): ResourceState => {
    const target = changes.registerTarget(numbers(properties));
    for (const { name, arn } of store.scheduled.filter((action) => isOf(action, target))) {
      if (!scheduledIn(properties).some(({ ScheduledActionName }) => ScheduledActionName === name))
        store.removeScheduled(arn);
    }
    for (const action of scheduledIn(properties))
      changes.putScheduled({ ...keyIn(target), ...withSeconds(action) });
    const Id = targetId(target);
    return { physicalId: Id, attributes: { Id } };
  };
  const putPolicy = (properties: Properties): ResourceState => {
    const { ScalingTargetId, ...rest } = numbers(properties);
    const key = typeof ScalingTargetId === "string" ? keyOfId(ScalingTargetId) : {};
    const { arn } = changes.putPolicy({ ...rest, ...key });
    return { physicalId: arn, attributes: { Arn: arn } };
  };
  return [
    {
      type: "AWS::ApplicationAutoScaling::ScalableTarget",
      properties: {
        MaxCapacity: "update",
        MinCapacity: "update",
        ResourceId: "replace",
        RoleARN: "update",
        ScalableDimension: "replace",
        ScheduledActions: "update",
        ServiceNamespace: "replace",
        SuspendedState: "update",
      },
      required: ["MaxCapacity", "MinCapacity", "ResourceId", "ScalableDimension", "ServiceNamespace"],
      create: async (properties) => putTarget(properties),
      update: async (_state, properties) => putTarget(properties),
      async delete({ physicalId }) {
        const key = keyOfId(physicalId);
        if (store.target(key) !== undefined) changes.deregisterTarget(key);
      },
    },
    {
      type: "AWS::ApplicationAutoScaling::ScalingPolicy",
      properties: {
        PolicyName: "replace",
        PolicyType: "update",
        ResourceId: "replace",
        ScalableDimension: "replace",
        ScalingTargetId: "replace",
        ServiceNamespace: "replace",
        StepScalingPolicyConfiguration: "update",
        TargetTrackingScalingPolicyConfiguration: "update",
      },
      required: ["PolicyName", "PolicyType"],
      create: async (properties) => putPolicy(properties),
      update: async (_state, properties) => putPolicy(properties),
      async delete({ physicalId }) {
        const policy = store.policies.find(({ arn }) => arn === physicalId);
        if (policy !== undefined) changes.removePolicy(policy);
      },
    },
  ];
}

/** Ref of a scalable target: resource, dimension and namespace. */
const targetId = ({ ResourceId, ScalableDimension, ServiceNamespace }: TargetKey): string =>
  [ResourceId, ScalableDimension, ServiceNamespace].join("|");

function keyOfId(id: string): TargetKey {
  const [ResourceId, ScalableDimension, ServiceNamespace] = id.split("|");
  return parsed(targetKey, { ResourceId, ScalableDimension, ServiceNamespace });
}

const keyIn = ({ ResourceId, ScalableDimension, ServiceNamespace }: ScalableTarget): TargetKey => ({
  ResourceId,
  ScalableDimension,
  ServiceNamespace,
});

const isOf = (one: TargetKey, target: TargetKey): boolean => targetId(one) === targetId(target);

function scheduledIn({ ScheduledActions }: Properties): Record<string, unknown>[] {
  if (ScheduledActions === undefined) return [];
  if (!Array.isArray(ScheduledActions)) throw validation("ScheduledActions must be a list.");
  return ScheduledActions.map((action: object) => ({ ...numbers({ ...action }) }));
}

/** Templates write times as text, the API takes seconds. */
function withSeconds({ StartTime, EndTime, ...rest }: Record<string, unknown>): Record<string, unknown> {
  const seconds = (time: unknown): unknown => (typeof time === "string" ? Date.parse(time) / 1000 : time);
  return {
    ...rest,
    ...(StartTime === undefined ? {} : { StartTime: seconds(StartTime) }),
    ...(EndTime === undefined ? {} : { EndTime: seconds(EndTime) }),
  };
}

const numeric = new Set([
  "MinCapacity",
  "MaxCapacity",
  "TargetValue",
  "ScaleInCooldown",
  "ScaleOutCooldown",
  "Cooldown",
  "MinAdjustmentMagnitude",
  "ScalingAdjustment",
  "MetricIntervalLowerBound",
  "MetricIntervalUpperBound",
]);

/** CloudFormation takes numbers and booleans as text too; the API does not. */
function numbers(properties: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(name, value)]));
}

function plain(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain("", item));
  if (typeof value === "object" && value !== null) return numbers({ ...value });
  if (typeof value !== "string") return value;
  if (numeric.has(name) && value.trim() !== "" && !Number.isNaN(Number(value))) return Number(value);
  return (name.endsWith("Suspended") || name === "DisableScaleIn" || name === "ReturnData") &&
    /^(true|false)$/.test(value)
    ? value === "true"
    : value;
}
