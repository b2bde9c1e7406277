import { z } from "zod";
import type { JsonOperation } from "../gateway/json-protocol.ts";
import {
  notFound,
  parsed,
  targetKey,
  type ScalableTarget,
  type ScalingActivity,
  type ScalingPolicy,
  type ScheduledAction,
  type TargetKey,
} from "./model.ts";
import type { ScalingChanges } from "./scaling-changes.ts";
import type { ScalingStore } from "./scaling-store.ts";

const filter = z.object({
  ServiceNamespace: z.string(),
  ResourceIds: z.array(z.string()).optional(),
  ResourceId: z.string().optional(),
  ScalableDimension: z.string().optional(),
  PolicyNames: z.array(z.string()).optional(),
  ScheduledActionNames: z.array(z.string()).optional(),
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: z.string().optional(),
});
type Filter = z.output<typeof filter>;

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_Operations.html */
export function scalingOperations(
  store: ScalingStore,
  changes: ScalingChanges,
): Readonly<Record<string, JsonOperation>> {
  const operation =
    (name: string, run: (input: Record<string, unknown>) => unknown): JsonOperation =>
    async (input, request) => {
      request.authorize(`application-autoscaling:${name}`, "*");
      return run(input);
    };
  const all: Readonly<Record<string, (input: Record<string, unknown>) => unknown>> = {
    RegisterScalableTarget: (input) => ({ ScalableTargetARN: changes.registerTarget(input).arn }),
    DeregisterScalableTarget: (input) => {
      changes.deregisterTarget(parsed(targetKey, input));
      return {};
    },
    DescribeScalableTargets: (input) => {
      const asked = parsed(filter, input);
      const { items, NextToken } = page(store.targets.filter(matching(asked)), asked);
      return { ScalableTargets: items.map(targetDocument), NextToken };
    },
    PutScalingPolicy: (input) => {
      const { arn, alarms } = changes.putPolicy(input);
      return { PolicyARN: arn, Alarms: alarmsDocument(alarms) };
    },
    DeleteScalingPolicy: (input) => {
      const { PolicyName, ...key } = parsed(targetKey.extend({ PolicyName: z.string() }), input);
      const policy = store.policiesOf(key).find(({ name }) => name === PolicyName);
      if (policy === undefined) throw notFound(`No scaling policy found for ${PolicyName}`);
      changes.removePolicy(policy);
      return {};
    },
    DescribeScalingPolicies: (input) => {
      const asked = parsed(filter, input);
      const found = store.policies
        .filter(matching(asked))
        .filter(({ name }) => asked.PolicyNames?.includes(name) ?? true);
      const { items, NextToken } = page(found, asked);
      return { ScalingPolicies: items.map(policyDocument), NextToken };
    },
    DescribeScalingActivities: (input) => {
      const asked = parsed(filter, input);
      const { items, NextToken } = page(store.activities.filter(matching(asked)), asked);
      return { ScalingActivities: items.map(activityDocument), NextToken };
    },
    PutScheduledAction: (input) => {
      changes.putScheduled(input);
      return {};
    },
    DeleteScheduledAction: (input) => {
      const { ScheduledActionName, ...key } = parsed(
        targetKey.extend({ ScheduledActionName: z.string() }),
        input,
      );
      const action = store.scheduled
        .filter(matching({ ...key, MaxResults: 50 }))
        .find(({ name }) => name === ScheduledActionName);
      if (action === undefined) throw notFound(`No scheduled action found for ${ScheduledActionName}`);
      store.removeScheduled(action.arn);
      return {};
    },
    DescribeScheduledActions: (input) => {
      const asked = parsed(filter, input);
      const found = store.scheduled
        .filter(matching(asked))
        .filter(({ name }) => asked.ScheduledActionNames?.includes(name) ?? true);
      const { items, NextToken } = page(found, asked);
      return { ScheduledActions: items.map(scheduledDocument), NextToken };
    },
  };
  return Object.fromEntries(Object.entries(all).map(([name, run]) => [name, operation(name, run)]));
}

const matching =
  (asked: Filter) =>
  (one: TargetKey): boolean =>
    one.ServiceNamespace === asked.ServiceNamespace &&
    one.ScalableDimension === (asked.ScalableDimension ?? one.ScalableDimension) &&
    one.ResourceId === (asked.ResourceId ?? one.ResourceId) &&
    (asked.ResourceIds?.includes(one.ResourceId) ?? true);

function page<T>(
  all: readonly T[],
  { MaxResults, NextToken }: Filter,
): { items: readonly T[]; NextToken?: string } {
  const from = Number(NextToken ?? 0);
  const next = from + MaxResults;
  return { items: all.slice(from, next), ...(next < all.length ? { NextToken: String(next) } : {}) };
}

function keyDocument({ ServiceNamespace, ResourceId, ScalableDimension }: TargetKey): TargetKey {
  return { ServiceNamespace, ResourceId, ScalableDimension };
}

const targetDocument = (target: ScalableTarget): Record<string, unknown> => ({
  ...keyDocument(target),
  ScalableTargetARN: target.arn,
  MinCapacity: target.min,
  MaxCapacity: target.max,
  RoleARN: target.roleArn,
  CreationTime: target.createdAt / 1000,
  SuspendedState: target.suspended,
});

const alarmsDocument = (alarms: ScalingPolicy["alarms"]): { AlarmName: string; AlarmARN: string }[] =>
  alarms.map(({ name, arn }) => ({ AlarmName: name, AlarmARN: arn }));

const policyDocument = (policy: ScalingPolicy): Record<string, unknown> => ({
  ...keyDocument(policy),
  PolicyARN: policy.arn,
  PolicyName: policy.name,
  PolicyType: policy.rule.type,
  [`${policy.rule.type}PolicyConfiguration`]: policy.rule.configuration,
  Alarms: alarmsDocument(policy.alarms),
  CreationTime: policy.createdAt / 1000,
});

const scheduledDocument = (action: ScheduledAction): Record<string, unknown> => ({
  ...keyDocument(action),
  ScheduledActionName: action.name,
  ScheduledActionARN: action.arn,
  Schedule: action.schedule,
  Timezone: action.timezone,
  ...(action.startTime === undefined ? {} : { StartTime: action.startTime / 1000 }),
  ...(action.endTime === undefined ? {} : { EndTime: action.endTime / 1000 }),
  ScalableTargetAction: action.action,
  CreationTime: action.createdAt / 1000,
});

const activityDocument = (activity: ScalingActivity): Record<string, unknown> => ({
  ...keyDocument(activity),
  ActivityId: activity.id,
  Description: activity.description,
  Cause: activity.cause,
  StartTime: activity.at / 1000,
  EndTime: activity.at / 1000,
  StatusCode: activity.statusCode,
  StatusMessage: activity.statusMessage,
});
