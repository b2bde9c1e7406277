import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { CloudContext } from "../context/cloud-context.ts";
import {
  checkKey,
  notFound,
  parsed,
  serviceIn,
  stepScaling,
  suspendedState,
  targetKey,
  targetTracking,
  validation,
  type ScalableTarget,
  type ScalingPolicy,
  type TargetKey,
} from "./model.ts";
import { makeTrackingAlarms } from "./policies/tracking-alarms.ts";
import { firstDue, scheduledActionInput } from "./scheduled-actions.ts";
import type { Scaler } from "./scaler.ts";
import type { ScalingStore } from "./scaling-store.ts";

const registerInput = targetKey.extend({
  MinCapacity: z.int().min(0).optional(),
  MaxCapacity: z.int().min(0).optional(),
  RoleARN: z.string().optional(),
  SuspendedState: suspendedState.optional(),
});

const policyInput = targetKey.extend({
  PolicyName: z.string().min(1).max(256),
  PolicyType: z.enum(["StepScaling", "TargetTrackingScaling", "PredictiveScaling"]).optional(),
  StepScalingPolicyConfiguration: stepScaling.optional(),
  TargetTrackingScalingPolicyConfiguration: targetTracking.optional(),
});

const serviceRole =
  "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService";

/** What makes, changes and removes targets and policies, for the API and for templates. */
export class ScalingChanges {
  readonly #context: CloudContext;
  readonly #store: ScalingStore;
  readonly #scaler: Scaler;

  constructor(context: CloudContext, store: ScalingStore, scaler: Scaler) {
    this.#context = context;
    this.#store = store;
    this.#scaler = scaler;
  }

  /** @throws AwsError ValidationException; https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
  registerTarget(given: unknown): ScalableTarget {
    const input = parsed(registerInput, given);
    checkKey(input);
    const before = this.#store.target(input);
    const min = input.MinCapacity ?? before?.min;
    const max = input.MaxCapacity ?? before?.max;
    if (min === undefined || max === undefined)
      throw validation("MinCapacity and MaxCapacity must be given for a new scalable target.");
    if (min > max) throw validation("Maximum capacity cannot be less than minimum capacity");
    const { cluster, service } = serviceIn(input);
    if (this.#context.services.find(cluster, service) === undefined)
      throw validation(`ECS service doesn't exist: ${input.ResourceId}`);
    const { region, accountId } = this.#context;
    const target: ScalableTarget = {
      ...before,
      ServiceNamespace: input.ServiceNamespace,
      ResourceId: input.ResourceId,
      ScalableDimension: input.ScalableDimension,
      arn:
        before?.arn ??
        `arn:aws:application-autoscaling:${region}:${accountId}:scalable-target/${randomUUID()}`,
      createdAt: before?.createdAt ?? this.#context.clock.now(),
      min,
      max,
      roleArn: input.RoleARN ?? before?.roleArn ?? `arn:aws:iam::${accountId}:role/${serviceRole}`,
      suspended: input.SuspendedState ?? before?.suspended ?? suspendedState.parse({}),
    };
    this.#store.putTarget(target);
    this.#scaler.keepBounds(
      target,
      (bound) => `${bound} capacity was set to ${bound === "minimum" ? min : max}`,
    );
    return target;
  }

  /** @throws AwsError ObjectNotFoundException */
  deregisterTarget(key: TargetKey): void {
    this.#requireTarget(key);
    for (const policy of this.#store.policiesOf(key)) this.#dropAlarms(policy);
    this.#store.removeTarget(key);
  }

  /** @throws AwsError ValidationException, ObjectNotFoundException; https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html */
  putPolicy(given: unknown): ScalingPolicy {
    const input = parsed(policyInput, given);
    checkKey(input);
    this.#requireTarget(input);
    const before = this.#store.policiesOf(input).find(({ name }) => name === input.PolicyName);
    const { region, accountId } = this.#context;
    const arn =
      before?.arn ??
      `arn:aws:autoscaling:${region}:${accountId}:scalingPolicy:${randomUUID()}:resource/${input.ServiceNamespace}/${input.ResourceId}:policyName/${input.PolicyName}`;
    const rule = ruleOf(input);
    if (before !== undefined) this.#dropAlarms(before);
    const alarms =
      rule.type === "StepScaling"
        ? []
        : makeTrackingAlarms(this.#context.monitoring, {
            key: input,
            policyArn: arn,
            configuration: rule.configuration,
          });
    const policy: ScalingPolicy = {
      ServiceNamespace: input.ServiceNamespace,
      ResourceId: input.ResourceId,
      ScalableDimension: input.ScalableDimension,
      arn,
      name: input.PolicyName,
      createdAt: before?.createdAt ?? this.#context.clock.now(),
      rule,
      alarms,
    };
    this.#store.putPolicy(policy);
    return policy;
  }

  removePolicy(policy: ScalingPolicy): void {
    this.#dropAlarms(policy);
    this.#store.removePolicy(policy.arn);
  }

  /** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html */
  putScheduled(given: unknown): void {
    const input = parsed(scheduledActionInput, given);
    checkKey(input);
    this.#requireTarget(input);
    const { region, accountId } = this.#context;
    const now = this.#context.clock.now();
    const id = `resource/${input.ServiceNamespace}/${input.ResourceId}:scheduledActionName/${input.ScheduledActionName}`;
    const before = this.#store.scheduled.find(({ arn }) => arn.endsWith(id));
    const action = {
      ServiceNamespace: input.ServiceNamespace,
      ResourceId: input.ResourceId,
      ScalableDimension: input.ScalableDimension,
      arn: before?.arn ?? `arn:aws:autoscaling:${region}:${accountId}:scheduledAction:${randomUUID()}:${id}`,
      name: input.ScheduledActionName,
      createdAt: before?.createdAt ?? now,
      schedule: input.Schedule,
      timezone: input.Timezone,
      ...(input.StartTime === undefined ? {} : { startTime: input.StartTime * 1000 }),
      ...(input.EndTime === undefined ? {} : { endTime: input.EndTime * 1000 }),
      action: input.ScalableTargetAction,
    };
    const dueAt = firstDue(action, now);
    this.#store.putScheduled({ ...action, ...(dueAt === undefined ? {} : { dueAt }) });
  }

  #requireTarget(key: TargetKey): void {
    if (this.#store.target(key) !== undefined) return;
    throw notFound(
      `No scalable target registered for service namespace: ${key.ServiceNamespace}, resource ID: ${key.ResourceId}, scalable dimension: ${key.ScalableDimension}`,
    );
  }

  #dropAlarms({ alarms }: ScalingPolicy): void {
    this.#context.monitoring.deleteAlarms(alarms.map(({ name }) => name));
  }
}

function ruleOf(input: z.output<typeof policyInput>): ScalingPolicy["rule"] {
  const { StepScalingPolicyConfiguration: step, TargetTrackingScalingPolicyConfiguration: tracking } = input;
  if (input.PolicyType === "PredictiveScaling")
    throw validation("The local cloud does not support the policy type PredictiveScaling.");
  if (input.PolicyType === "TargetTrackingScaling" && tracking !== undefined)
    return { type: "TargetTrackingScaling", configuration: tracking };
  if (input.PolicyType !== "TargetTrackingScaling" && step !== undefined)
    return { type: "StepScaling", configuration: step };
  throw validation(`The configuration of a ${input.PolicyType ?? "StepScaling"} policy must be given.`);
}
