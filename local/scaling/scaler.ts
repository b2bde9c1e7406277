import { randomUUID } from "node:crypto";
import type { AlarmBreach, CloudContext } from "../context/cloud-context.ts";
import { serviceIn, type ScalableTarget, type ScalingPolicy } from "./model.ts";
import { steppedCapacity, trackedCapacity } from "./policies/wanted-capacity.ts";
import type { ScalingStore } from "./scaling-store.ts";

/** For ECS services. https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html */
const defaultCooldownSeconds = 300;

/** Sets the capacity that policies and bounds ask for, with cooldowns, and remembers what it did. */
export class Scaler {
  readonly #context: CloudContext;
  readonly #store: ScalingStore;
  /** When each target tracking policy last asked for less. */
  readonly #wantedLess = new Map<string, number>();

  constructor(context: CloudContext, store: ScalingStore) {
    this.#context = context;
    this.#store = store;
  }

  /** An alarm is in the state whose action the policy is. */
  alarmed(policy: ScalingPolicy, breach: AlarmBreach): void {
    const target = this.#store.target(policy);
    const service = target === undefined ? undefined : this.#find(target);
    if (target === undefined || service === undefined) return;
    const current = service.desiredCount;
    const wanted = this.#wanted(policy, target, current, breach);
    if (wanted === undefined) return;
    const bounded = Math.min(target.max, Math.max(target.min, wanted));
    if (bounded === current) return;
    if (
      bounded > current
        ? target.suspended.DynamicScalingOutSuspended
        : !this.#mayShrink(policy, target, service.isDeploying)
    )
      return;
    const cause = `monitor alarm ${breach.alarmName} in state ALARM triggered policy ${policy.name}`;
    this.#set(target, current, bounded, cause);
  }

  /** Brings a capacity that is outside of the bounds back into them. */
  keepBounds(target: ScalableTarget, why: (bound: "minimum" | "maximum") => string): void {
    const current = this.#find(target)?.desiredCount;
    if (current === undefined) return;
    if (current < target.min) this.#set(target, current, target.min, why("minimum"));
    else if (current > target.max) this.#set(target, current, target.max, why("maximum"));
  }

  #find(target: ScalableTarget) {
    const { cluster, service } = serviceIn(target);
    return this.#context.services.find(cluster, service);
  }

  #wanted(
    policy: ScalingPolicy,
    target: ScalableTarget,
    current: number,
    { value, threshold, alarmName }: AlarmBreach,
  ): number | undefined {
    const { rule } = policy;
    const base = this.#baseOf(policy, target, current);
    if (rule.type === "StepScaling") return steppedCapacity(rule.configuration, base, value - threshold);
    if (alarmName !== policy.alarms[1]?.name)
      return Math.max(current, trackedCapacity(rule.configuration, base, value));
    this.#wantedLess.set(policy.arn, this.#context.clock.now());
    if (!this.#allWantLess(policy)) return undefined;
    return Math.min(current, trackedCapacity(rule.configuration, current, value));
  }

  /**
   * In the cooldown of a scale-out the next one is counted from the capacity before it, so that only a larger one follows.
   * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html#step-scaling-cooldown
   */
  #baseOf(policy: ScalingPolicy, { lastOut }: ScalableTarget, current: number): number {
    if (lastOut === undefined) return current;
    const isCooling = this.#context.clock.now() < lastOut.at + this.#cooldownMs(policy, "out");
    return isCooling ? Math.min(current, lastOut.from) : current;
  }

  /** A target that several policies track shrinks only when all of them would. */
  #allWantLess(policy: ScalingPolicy): boolean {
    const recently = this.#context.clock.now() - 1.5 * this.#context.monitoring.scalingMinuteMs;
    return this.#store
      .policiesOf(policy)
      .filter(({ rule }) => rule.type === "TargetTrackingScaling" && !rule.configuration.DisableScaleIn)
      .every(({ arn }) => (this.#wantedLess.get(arn) ?? 0) >= recently);
  }

  /** While ECS deploys, nothing is scaled in. */
  #mayShrink(policy: ScalingPolicy, target: ScalableTarget, isDeploying: boolean): boolean {
    if (target.suspended.DynamicScalingInSuspended || isDeploying) return false;
    const since = target.lastIn?.at ?? -Infinity;
    return this.#context.clock.now() >= since + this.#cooldownMs(policy, "in");
  }

  #cooldownMs({ rule }: ScalingPolicy, way: "in" | "out"): number {
    const seconds =
      rule.type === "StepScaling"
        ? rule.configuration.Cooldown
        : way === "in"
          ? rule.configuration.ScaleInCooldown
          : rule.configuration.ScaleOutCooldown;
    return ((seconds ?? defaultCooldownSeconds) * this.#context.monitoring.scalingMinuteMs) / 60;
  }

  #set(target: ScalableTarget, from: number, to: number, cause: string): void {
    const at = this.#context.clock.now();
    const { cluster, service } = serviceIn(target);
    const { ServiceNamespace, ResourceId, ScalableDimension } = target;
    this.#context.services.setDesiredCount(cluster, service, to);
    if (to > from) {
      target.lastOut = { at, from };
      delete target.lastIn;
    } else target.lastIn = { at };
    this.#store.addActivity({
      id: randomUUID(),
      ServiceNamespace,
      ResourceId,
      ScalableDimension,
      description: `Setting desired count to ${to}.`,
      cause,
      at,
      statusCode: "Successful",
      statusMessage: `Successfully set desired count to ${to}. Change successfully fulfilled by ecs.`,
    });
  }
}
