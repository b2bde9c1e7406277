import { type FargateSize, vcpuOf } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { Flight } from "../runs/run.ts";
import { EVERY_PIPELINE, heldTo, type LaunchHolds, moreFrom } from "./launch-holds.ts";
import { launchesAgainFrom, launchesLeft, type OwnLaunches } from "./launch-rate.ts";

/** What all pipelines of the stage may do together. */
export interface AccountLimits {
  readonly maxVcpu: number;
  /** Tasks at once: each takes an address of the subnets. No limit of its own where absent. */
  readonly maxTasks?: number;
}

/** How many more tasks of the pipeline's own size its cap and the account's let run beside those in flight, whatever the rate. */
export function tasksLeft(pipeline: Pipeline, flights: readonly Flight[], limits: AccountLimits): number {
  const vcpu = limits.maxVcpu - flights.reduce((sum, flight) => sum + flight.vcpu, 0);
  const own = flights.filter((flight) => flight.pipeline === pipeline.name).length;
  const tasks = Math.min(
    (limits.maxTasks ?? Number.POSITIVE_INFINITY) - flights.length,
    pipeline.capacity.maxTasks - own,
  );
  return Math.max(0, Math.min(tasks, Math.floor(vcpu / vcpuOf(pipeline.size))));
}

/** Whether a run that was planned may still go beside these, under the caps as they are now; of a removed pipeline only the account's. */
export function fitsBeside(
  { pipeline: name, vcpu }: Flight,
  flights: readonly Flight[],
  pipeline: Pipeline | undefined,
  { maxVcpu, maxTasks = Number.POSITIVE_INFINITY }: AccountLimits,
): boolean {
  const own = flights.filter((flight) => flight.pipeline === name).length;
  return (
    flights.reduce((sum, flight) => sum + flight.vcpu, vcpu) <= maxVcpu &&
    flights.length < maxTasks &&
    own < (pipeline?.capacity.maxTasks ?? Number.POSITIVE_INFINITY)
  );
}

/** What is left under the caps, counted down with each planned run. */
export class Room {
  readonly #flights: readonly Flight[];
  readonly #limits: AccountLimits;
  readonly #runsLeft: ReadonlyMap<string, number | undefined>;
  readonly #lastLaunches: ReadonlyMap<string, string | undefined>;
  readonly #holds: LaunchHolds | undefined;
  readonly #now: Date;
  readonly #tasks = new Map<string, number>();
  readonly #launches = new Map<string, number>();
  readonly #vcpuUnderWay = new Map<string, number>();
  #tasksInAir: number;
  #vcpuLeft: number;
  #launchesLeft: number;
  #reservedVcpu = 0;

  constructor(state: {
    flights: readonly Flight[];
    limits: AccountLimits;
    /** How many runs may be launched now. */
    launches: number;
    /** Runs that the guards of pipelines allow yet, by name. */
    runsLeft: ReadonlyMap<string, number | undefined>;
    /** When pipelines with a slow rate of their own launched last, by name. */
    lastLaunches: ReadonlyMap<string, string | undefined>;
    holds: LaunchHolds | undefined;
    now: Date;
  }) {
    const { flights, limits } = state;
    this.#flights = flights;
    this.#limits = limits;
    this.#runsLeft = state.runsLeft;
    this.#lastLaunches = state.lastLaunches;
    this.#holds = state.holds;
    this.#now = state.now;
    for (const { pipeline, vcpu } of flights) {
      add(this.#tasks, pipeline, 1);
      add(this.#vcpuUnderWay, pipeline, vcpu);
    }
    this.#tasksInAir = flights.length;
    this.#vcpuLeft = limits.maxVcpu - flights.reduce((sum, flight) => sum + flight.vcpu, 0);
    this.#launchesLeft = state.launches;
  }

  /** How many more runs of this size the pipeline may launch now. */
  slotsFor(pipeline: Pipeline, size: FargateSize): number {
    return Math.max(
      0,
      Math.min(this.#byCapacity(pipeline, size), this.#byOwnRate(pipeline), this.#launchesLeft),
    );
  }

  /** Whether only the account's launches for now are used up. */
  isHeldByAccountRate(pipeline: Pipeline, size: FargateSize): boolean {
    return this.#byCapacity(pipeline, size) >= 1 && this.#byOwnRate(pipeline) >= 1 && this.#launchesLeft < 1;
  }

  /** When the pipeline may launch again, where only the rate that it has set itself stands against another run. */
  heldByOwnRateUntil(pipeline: Pipeline, size: FargateSize): Date | undefined {
    const launches = this.#ownLaunches(pipeline);
    if (launches === undefined || this.#byCapacity(pipeline, size) < 1) return undefined;
    return launchesAgainFrom(launches, this.#now);
  }

  /** Whether nothing but other runs' vCPUs stand against it, so that it can be launched once enough of them have ended. */
  lacksOnlyVcpu(pipeline: Pipeline, size: FargateSize): boolean {
    const isEverPossible = vcpuOf(size) <= this.#limits.maxVcpu;
    return isEverPossible && this.#byTasks(pipeline) >= 1 && this.#byVcpu(size) < 1;
  }

  /** What the pipeline's share of the stage is now. */
  vcpuUnderWay({ name }: Pipeline): number {
    return this.#vcpuUnderWay.get(name) ?? 0;
  }

  /** Keeps this much free for a run that has waited for it. */
  reserve(size: FargateSize): void {
    this.#reservedVcpu += vcpuOf(size);
  }

  take(pipeline: Pipeline, size: FargateSize): void {
    add(this.#tasks, pipeline.name, 1);
    add(this.#launches, pipeline.name, 1);
    add(this.#vcpuUnderWay, pipeline.name, vcpuOf(size));
    this.#tasksInAir += 1;
    this.#vcpuLeft -= vcpuOf(size);
    this.#launchesLeft -= 1;
  }

  /** When a hold lets the pipeline launch more than now; undefined where none holds it. */
  heldUntil(pipeline: Pipeline): Date | undefined {
    const times = [EVERY_PIPELINE, pipeline.name]
      .filter((scope) => this.#underHold(scope) < 1)
      .map((scope) => moreFrom(this.#holds, scope, this.#now))
      .filter((time) => time !== undefined);
    return times.length === 0 ? undefined : new Date(Math.max(...times.map((time) => time.getTime())));
  }

  #byCapacity(pipeline: Pipeline, size: FargateSize): number {
    return Math.min(this.#byTasks(pipeline), this.#byVcpu(size));
  }

  #byTasks({ name, capacity }: Pipeline): number {
    return Math.min(
      (this.#limits.maxTasks ?? Number.POSITIVE_INFINITY) - this.#tasksInAir,
      capacity.maxTasks - this.#tasksOf(name),
      (this.#runsLeft.get(name) ?? Number.POSITIVE_INFINITY) - this.#launchesOf(name),
      this.#underHold(EVERY_PIPELINE),
      this.#underHold(name),
    );
  }

  #underHold(scope: string): number {
    const inAir = scope === EVERY_PIPELINE ? this.#tasksInAir : this.#tasksOf(scope);
    return heldTo(this.#holds, scope, this.#now) - inAir;
  }

  #byVcpu(size: FargateSize): number {
    return Math.floor((this.#vcpuLeft - this.#reservedVcpu) / vcpuOf(size));
  }

  #byOwnRate(pipeline: Pipeline): number {
    const launches = this.#ownLaunches(pipeline);
    return launches === undefined ? Number.POSITIVE_INFINITY : launchesLeft(launches, this.#now);
  }

  /** With those of this plan. */
  #ownLaunches({ name, capacity }: Pipeline): OwnLaunches | undefined {
    const { launchesPerSecond: perSecond } = capacity;
    if (perSecond === undefined) return undefined;
    const own = this.#flights.filter(({ pipeline }) => pipeline === name);
    const planned = Array.from({ length: this.#launchesOf(name) }, () => ({
      createdAt: this.#now.toISOString(),
    }));
    return { perSecond, flights: [...own, ...planned], lastLaunchAt: this.#lastLaunches.get(name) };
  }

  #launchesOf(name: string): number {
    return this.#launches.get(name) ?? 0;
  }

  #tasksOf(name: string): number {
    return this.#tasks.get(name) ?? 0;
  }
}

function add(sums: Map<string, number>, name: string, more: number): void {
  sums.set(name, (sums.get(name) ?? 0) + more);
}
