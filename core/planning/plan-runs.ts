import { type Pipeline, PRIORITIES } from "../pipelines/pipeline.ts";
import type { DueJob } from "../ports/job-store.ts";
import type { Flight } from "../runs/run.ts";
import type { Experience } from "./experience.ts";
import { isHeld, type LaunchHolds, spotScope } from "./launch-holds.ts";
import { oldest, type Pack, packJobs, type Packs } from "./pack-jobs.ts";
import { type AccountLimits, Room } from "./room.ts";

/** What one pipeline has to do, as far as this slice looked. */
export interface PipelineWork {
  readonly pipeline: Pipeline;
  /** Oldest first. */
  readonly due: readonly DueJob[];
  /** What its finished runs have taught; absent where nothing is known. */
  readonly experience?: Experience;
  /** Runs that its guard allows yet; absent where it has none. */
  readonly runsLeft?: number;
  /** ISO 8601: its last launch, where it keeps a slow rate of its own. */
  readonly lastLaunchAt?: string;
}

export interface PlannedRun extends Pack {
  readonly pipeline: Pipeline;
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  /** ISO 8601: when a pack that waits, for company or for room to be tried, shall be looked at again; undefined where none waits. */
  readonly lookAgainAt?: string;
  /** More could be launched if the account's rate let it: a moment later it does. */
  readonly isCutShort: boolean;
}

/** What is next and has waited this long for more vCPU than is ever free at once gets them kept free. */
export const PATIENCE_MS = 5 * 60_000;

interface Queue {
  readonly pipeline: Pipeline;
  readonly packs: Packs;
}

/**
 * Decides what to launch now: in order of priority, of equal priority the pipeline that has fewest vCPU under way, so that a late file
 * does not wait behind another pipeline's burst, and then the one with the oldest job; under the caps of each pipeline and of the
 * account. What does not fit waits, and that costs it nothing; smaller runs pass it, until it has waited five minutes for vCPU: then
 * nothing that comes after it is launched before it has them.
 */
export function planRuns(state: {
  now: Date;
  work: readonly PipelineWork[];
  flights: readonly Flight[];
  limits: AccountLimits;
  /** How many runs may be launched now. */
  launches: number;
  holds?: LaunchHolds | undefined;
}): Plan {
  const { now, work, flights, limits, launches, holds } = state;
  const runsLeft = new Map(work.map(({ pipeline, runsLeft: left }) => [pipeline.name, left]));
  const lastLaunches = new Map(work.map(({ pipeline, lastLaunchAt }) => [pipeline.name, lastLaunchAt]));
  const room = new Room({ flights, limits, launches, runsLeft, lastLaunches, holds, now });
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
          hasSpot: !isHeld(holds, spotScope(pipeline.name), now),
          slotsFor: (size) => room.slotsFor(pipeline, size),
          ...(experience === undefined ? {} : { experience }),
        }),
      }));
    waits.push(...queues.flatMap(({ packs }) => packs.waitsUntil ?? []));
    runs.push(...takeTurns(queues, room, now));
    for (const { pipeline, packs } of queues) {
      const [next] = packs.ready;
      if (next === undefined) continue;
      isCutShort ||= room.isHeldByAccountRate(pipeline, next.size);
      const heldUntil = room.heldUntil(pipeline) ?? room.heldByOwnRateUntil(pipeline, next.size);
      if (heldUntil !== undefined) waits.push(heldUntil.toISOString());
    }
  }
  const [lookAgainAt] = waits.sort();
  return lookAgainAt === undefined ? { runs, isCutShort } : { runs, isCutShort, lookAgainAt };
}

/** One run after the other, of the pipeline that has least under way and of those of the one with the oldest job, until nothing more fits. */
function takeTurns(queues: readonly Queue[], room: Room, now: Date): PlannedRun[] {
  const runs: PlannedRun[] = [];
  for (;;) {
    const waiting = queues
      .flatMap((queue) => queue.packs.ready.slice(0, 1).map((pack) => ({ ...queue, pack })))
      .sort(
        (one, other) =>
          room.vcpuUnderWay(one.pipeline) - room.vcpuUnderWay(other.pipeline) ||
          (oldest(one.pack) < oldest(other.pack) ? -1 : 1),
      );
    const next = waiting.find(
      ({ pipeline, pack }) =>
        room.slotsFor(pipeline, pack.size) >= 1 ||
        (hasWaited(pack, now) && room.lacksOnlyVcpu(pipeline, pack.size)),
    );
    if (next === undefined) return runs;
    const { pipeline, packs, pack } = next;
    if (room.slotsFor(pipeline, pack.size) < 1) {
      room.reserve(pack.size);
      return runs;
    }
    packs.ready.shift();
    room.take(pipeline, pack.size);
    runs.push({ pipeline, ...pack });
  }
}

function hasWaited(pack: Pack, now: Date): boolean {
  return now.getTime() - Date.parse(oldest(pack)) >= PATIENCE_MS;
}
