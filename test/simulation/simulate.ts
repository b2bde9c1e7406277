import { isTerminal } from "#core/jobs/job.ts";
import { FAULT_KINDS, type FaultKind } from "./engine/faults.ts";
import { checkTheEnd } from "./rules/end-rules.ts";
import { checkCurrentAtTheEnd } from "./rules/overwrite-rules.ts";
import { Cloud } from "./world/cloud.ts";
import { People } from "./world/people.ts";
import { type Sabotage, World } from "./world/world.ts";
import { Workload } from "./world/workload.ts";

const MINUTE_MS = 60_000;
/** When the faults have ended everything has to come to rest: the inventory's hour, the longest back-offs, and some. */
const REST_WITHIN_MS = 8 * 60 * MINUTE_MS;
/** Until the faults have ended and what was told of them is over. */
const LEAST_MINUTES = 100;
const LOOK_EVERY_MS = MINUTE_MS;

export interface SeedOptions {
  readonly seed: number;
  /** Uploads; ticks, requests, and the scans that come in proportion, come on top. */
  readonly jobs?: number;
  readonly kinds?: ReadonlySet<FaultKind>;
  readonly sabotage?: Sabotage;
  /** A seed's world as it was before there were folders of scans. */
  readonly withoutScans?: boolean;
  /** Who only wants to know whether a rule is broken has no use for the stories, and is told sooner. */
  readonly withoutStories?: boolean;
}

export interface SeedViolation {
  readonly rule: string;
  readonly what: string;
  readonly story: readonly string[];
}

export interface SeedResult {
  readonly seed: number;
  readonly jobs: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly violations: readonly SeedViolation[];
  /** Virtual. */
  readonly hours: number;
}

/** Enough that pipelines and people get into each other's way; a world's hours cost the same for one upload as for all. */
export const USUAL_JOBS = 300;

/** One world from its first upload until it has come to rest, checked against every rule on the way and in the end. */
export async function simulateSeed(options: SeedOptions): Promise<SeedResult> {
  const kinds = options.kinds ?? new Set(FAULT_KINDS);
  const { seed, sabotage, withoutScans = false, withoutStories = false } = options;
  const world = new World({
    seed,
    kinds,
    withoutScans,
    withoutStories,
    ...(sabotage === undefined ? {} : { sabotage }),
  });
  const cloud = new Cloud(world);
  const workload = new Workload(cloud, options.jobs ?? USUAL_JOBS);
  workload.begin();
  new People(cloud).begin();
  await world.time.run(untilRest(cloud, workload));
  checkTheEnd(cloud, workload.accepted);
  // As the alarm of that queue asks for: that heals where a message died in the middle of its work, time and again.
  if (cloud.intakeQueue.moveDeadLettersBack()) await world.time.run(untilRest(cloud, workload));
  await checkCurrentAtTheEnd(cloud, workload.accepted);
  const jobs = [...world.jobs.allJobs()].length;
  return {
    seed,
    jobs,
    faults: world.faults.counts,
    hours: (world.time.nowMs - world.startMs) / (60 * MINUTE_MS),
    violations: world.history.violations.map((violation) => ({
      rule: violation.rule,
      what: violation.what,
      story: world.history.storyOf(violation),
    })),
  };
}

/** Looks once a minute whether anything is left to do; a world that finds no rest is stopped, and its rules say why. */
function untilRest(cloud: Cloud, workload: Workload): () => boolean {
  const { world } = cloud;
  let lookAtMs = world.startMs + LEAST_MINUTES * MINUTE_MS;
  const endMs = lookAtMs + REST_WITHIN_MS;
  return () => {
    if (world.time.nowMs < lookAtMs) return false;
    lookAtMs = world.time.nowMs + LOOK_EVERY_MS;
    return world.time.nowMs > endMs || isAtRest(cloud, workload);
  };
}

function isAtRest(cloud: Cloud, { accepted }: Workload): boolean {
  const { jobs, runs } = cloud.world;
  if (!cloud.isQuiet || runs.flightsInAir > 0) return false;
  const isDone = accepted.every(({ jobId }) => {
    const job = jobs.standing(jobId);
    return job !== undefined && isTerminal(job);
  });
  return isDone && [...jobs.allJobs()].every((job) => isTerminal(job));
}
