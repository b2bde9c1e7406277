import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import { type Pipeline, PRIORITIES } from "../pipelines/pipeline.ts";
import type { DueJob } from "../ports/job-store.ts";
import type { Flight } from "../runs/run.ts";
import type { Experience } from "./experience.ts";
import { ACCOUNT_LAUNCHES_PER_SECOND, launchesLeft } from "./launch-rate.ts";
import { oldest, type Pack, packJobs, type Packs } from "./pack-jobs.ts";

/** What one pipeline has to do, as far as this slice looked. */
export interface PipelineWork {
  readonly pipeline: Pipeline;
  /** Oldest first. */
  readonly due: readonly DueJob[];
  /** What its finished runs have taught; absent where nothing is known. */
  readonly experience?: Experience;
}

export interface PlannedRun extends Pack {
  readonly pipeline: Pipeline;
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  /** ISO 8601: when a pack that waits for company shall be looked at again; undefined where none waits. */
  readonly lookAgainAt?: string;
  /** More could be launched if the rate of launches let it: a second later it does. */
  readonly isCutShort: boolean;
}

/** What all pipelines of the stage may do together. */
export interface AccountLimits {
  readonly maxVcpu: number;
  /** Tasks at once: each takes an address of the subnets. No limit of its own where absent. */
  readonly maxTasks?: number;
  /** Default ACCOUNT_LAUNCHES_PER_SECOND. */
  readonly launchesPerSecond?: number;
}

const CPU_UNITS_PER_VCPU = 1024;

/** vCPUs of one run of this size. */
export function vcpuOf(size: FargateSize): number {
  return size.cpu / CPU_UNITS_PER_VCPU;
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

interface Queue {
  readonly pipeline: Pipeline;
  readonly packs: Packs;
}

/**
 * Decides what to launch now: in order of priority, pipelines of equal priority by turns and the one with the oldest job first, under
 * the caps of each pipeline and of the account. What does not fit waits, and that costs it nothing.
 */
export function planRuns(state: {
  now: Date;
  work: readonly PipelineWork[];
  flights: readonly Flight[];
  limits: AccountLimits;
}): Plan {
  const { now, work } = state;
  const room = new Room(state.flights, state.limits, now);
  const runs: PlannedRun[] = [];
  const waits: string[] = [];
  let isCutShort = false;

  for (const priority of PRIORITIES) {
    const queues = work
      .filter(({ pipeline }) => pipeline.priority === priority)
      .map(({ pipeline, due, experience }) => ({
        pipeline,
        packs: packJobs({
          pipeline,
          due,
          now,
          slotsFor: (size) => room.slotsFor(pipeline, size),
          ...(experience === undefined ? {} : { experience }),
        }),
      }));
    waits.push(...queues.flatMap(({ packs }) => packs.waitsUntil ?? []));
    runs.push(...takeTurns(queues, room));
    isCutShort ||= queues.some(
      ({ pipeline, packs: { ready } }) =>
        ready[0] !== undefined && room.isHeldByRate(pipeline, ready[0].size),
    );
  }
  const [lookAgainAt] = waits.sort();
  return lookAgainAt === undefined ? { runs, isCutShort } : { runs, isCutShort, lookAgainAt };
}

/** One run of each pipeline in a round, until nothing more fits. */
function takeTurns(queues: readonly Queue[], room: Room): PlannedRun[] {
  const runs: PlannedRun[] = [];
  for (;;) {
    const before = runs.length;
    const round = queues
      .flatMap((queue) => queue.packs.ready.slice(0, 1).map((pack) => ({ ...queue, pack })))
      .sort((one, other) => (oldest(one.pack) < oldest(other.pack) ? -1 : 1));
    for (const { pipeline, packs, pack } of round) {
      if (room.slotsFor(pipeline, pack.size) < 1) continue;
      packs.ready.shift();
      room.take(pipeline, pack.size);
      runs.push({ pipeline, ...pack });
    }
    if (runs.length === before) return runs;
  }
}

/** What is left under the caps, counted down with each planned run. */
class Room {
  readonly #flights: readonly Flight[];
  readonly #now: Date;
  readonly #tasks = new Map<string, number>();
  readonly #launches = new Map<string, number>();
  #tasksLeft: number;
  #vcpuLeft: number;
  #launchesLeft: number;

  constructor(flights: readonly Flight[], limits: AccountLimits, now: Date) {
    this.#flights = flights;
    this.#now = now;
    for (const { pipeline } of flights) this.#count(this.#tasks, pipeline);
    this.#tasksLeft = (limits.maxTasks ?? Number.POSITIVE_INFINITY) - flights.length;
    this.#vcpuLeft = limits.maxVcpu - flights.reduce((sum, flight) => sum + flight.vcpu, 0);
    this.#launchesLeft = launchesLeft(flights, limits.launchesPerSecond ?? ACCOUNT_LAUNCHES_PER_SECOND, now);
  }

  /** How many more runs of this size the pipeline may launch now. */
  slotsFor(pipeline: Pipeline, size: FargateSize): number {
    return Math.max(0, Math.min(this.#byCapacity(pipeline, size), this.#byRate(pipeline)));
  }

  /** Whether only the rate of launches stands against another run. */
  isHeldByRate(pipeline: Pipeline, size: FargateSize): boolean {
    return this.#byCapacity(pipeline, size) >= 1 && this.#byRate(pipeline) < 1;
  }

  take(pipeline: Pipeline, size: FargateSize): void {
    this.#count(this.#tasks, pipeline.name);
    this.#count(this.#launches, pipeline.name);
    this.#tasksLeft -= 1;
    this.#vcpuLeft -= vcpuOf(size);
    this.#launchesLeft -= 1;
  }

  #byCapacity({ name, capacity }: Pipeline, size: FargateSize): number {
    const byTasks = Math.min(this.#tasksLeft, capacity.maxTasks - (this.#tasks.get(name) ?? 0));
    return Math.min(byTasks, Math.floor(this.#vcpuLeft / vcpuOf(size)));
  }

  #byRate({ name, capacity }: Pipeline): number {
    if (capacity.launchesPerSecond === undefined) return this.#launchesLeft;
    const own = this.#flights.filter(({ pipeline }) => pipeline === name);
    const left = launchesLeft(own, capacity.launchesPerSecond, this.#now) - (this.#launches.get(name) ?? 0);
    return Math.min(this.#launchesLeft, left);
  }

  #count(counts: Map<string, number>, name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}
