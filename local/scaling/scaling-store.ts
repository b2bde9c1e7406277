import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import {
  keyOf,
  type ScalableTarget,
  type ScalingActivity,
  type ScalingPolicy,
  type ScheduledAction,
  type TargetKey,
} from "./model.ts";

const keptActivities = 500;

interface State {
  targets: ScalableTarget[];
  policies: ScalingPolicy[];
  scheduled: ScheduledAction[];
  /** Newest first. */
  activities: ScalingActivity[];
}

/** Everything that Application Auto Scaling remembers, on disk. */
export class ScalingStore {
  readonly #file: StateFile<State>;
  readonly #state: State;

  constructor(context: CloudContext) {
    this.#file = new StateFile(join(context.dataDir, "scaling", "scaling.json"));
    this.#state = this.#file.load({ targets: [], policies: [], scheduled: [], activities: [] });
  }

  get targets(): readonly ScalableTarget[] {
    return this.#state.targets;
  }

  get policies(): readonly ScalingPolicy[] {
    return this.#state.policies;
  }

  get scheduled(): readonly ScheduledAction[] {
    return this.#state.scheduled;
  }

  get activities(): readonly ScalingActivity[] {
    return this.#state.activities;
  }

  target(key: TargetKey): ScalableTarget | undefined {
    return this.targets.find((target) => keyOf(target) === keyOf(key));
  }

  policiesOf(key: TargetKey): ScalingPolicy[] {
    return this.policies.filter((policy) => keyOf(policy) === keyOf(key));
  }

  putTarget(target: ScalableTarget): void {
    this.#state.targets = [...this.targets.filter((other) => keyOf(other) !== keyOf(target)), target];
    this.save();
  }

  /** A target takes its policies and scheduled actions with it. */
  removeTarget(key: TargetKey): void {
    const others = <T extends TargetKey>(all: readonly T[]): T[] =>
      all.filter((one) => keyOf(one) !== keyOf(key));
    this.#state.targets = others(this.targets);
    this.#state.policies = others(this.policies);
    this.#state.scheduled = others(this.scheduled);
    this.save();
  }

  putPolicy(policy: ScalingPolicy): void {
    this.removePolicy(policy.arn);
    this.#state.policies.push(policy);
    this.save();
  }

  removePolicy(arn: string): void {
    this.#state.policies = this.policies.filter((other) => other.arn !== arn);
    this.save();
  }

  putScheduled(action: ScheduledAction): void {
    this.removeScheduled(action.arn);
    this.#state.scheduled.push(action);
    this.save();
  }

  removeScheduled(arn: string): void {
    this.#state.scheduled = this.scheduled.filter((other) => other.arn !== arn);
    this.save();
  }

  addActivity(activity: ScalingActivity): void {
    this.#state.activities = [activity, ...this.activities].slice(0, keptActivities);
    this.save();
  }

  save(): void {
    this.#file.save(this.#state);
  }
}
