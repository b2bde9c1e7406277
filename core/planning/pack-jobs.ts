import { type FargateSize, vcpuOf } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { DueJob } from "../ports/job-store.ts";
import { maySpot } from "./capacity.ts";
import { type Experience, expectedSeconds, sizeToTry } from "./experience.ts";
import { sameSize } from "./size-ladder.ts";

/** Jobs that one run will carry: all of one size, and all on Spot or all on demand. */
export interface Pack {
  readonly jobs: readonly DueJob[];
  readonly size: FargateSize;
  readonly spot: boolean;
}

export interface Packs {
  /** In order of their oldest jobs. */
  readonly ready: Pack[];
  /** ISO 8601: until when a pack waits for company. */
  readonly waitsUntil?: string;
}

/** Jobs that may go together. */
interface Batch {
  /** It may harm others. */
  readonly isAlone: boolean;
  readonly size: FargateSize;
  readonly spot: boolean;
  readonly jobs: DueJob[];
}

/** Fargate bills a minute at least, so a run with less work than that costs the same. */
const WORTH_SECONDS = 60;

/**
 * Cuts due jobs into packs by count, bytes and expected seconds. Where slots are free the work is spread over them, but not thinner
 * than a run is worth; a pack that is not full is held back until its oldest job has waited its window. A job that may have killed its
 * last run goes alone.
 * @param state.due oldest first
 * @param state.slotsFor how many more runs of a size could be launched now
 */
export function packJobs(state: {
  pipeline: Pipeline;
  due: readonly DueJob[];
  slotsFor: (size: FargateSize) => number;
  /** Whether Spot has room, as far as is known. */
  hasSpot: boolean;
  now: Date;
  experience?: Experience;
}): Packs {
  const { pipeline, now, experience } = state;
  const ready: Pack[] = [];
  let waitsUntil: string | undefined;
  for (const { size, spot, jobs } of batchesOf(state)) {
    const cuts = cut(jobs, limitsOf(pipeline, size, state.slotsFor(size), jobs, experience));
    const last = cuts.at(-1);
    const heldUntil = last === undefined || last.isFull ? undefined : windowEnd(pipeline, last.jobs, now);
    if (heldUntil !== undefined && (waitsUntil === undefined || heldUntil < waitsUntil))
      waitsUntil = heldUntil;
    const launchable = heldUntil === undefined ? cuts : cuts.slice(0, -1);
    ready.push(...launchable.map((pack) => ({ jobs: pack.jobs, size, spot })));
  }
  ready.sort((one, other) => (oldest(one) < oldest(other) ? -1 : 1));
  return waitsUntil === undefined ? { ready } : { ready, waitsUntil };
}

/** Of one size, and all on Spot or all on demand; by the age of their first jobs. */
function batchesOf({ pipeline, due, now, experience, hasSpot }: Parameters<typeof packJobs>[0]): Batch[] {
  const maySpotNow = hasSpot && maySpot(pipeline.capacity);
  const batches: Batch[] = [];
  for (const job of due) {
    const isAlone = job.alone === true;
    const size = sizeToTry(pipeline, job, now, experience);
    const spot = maySpotNow && job.onDemand !== true;
    const company = isAlone
      ? undefined
      : batches.find((batch) => !batch.isAlone && batch.spot === spot && sameSize(batch.size, size));
    if (company === undefined) batches.push({ isAlone, size, spot, jobs: [job] });
    else company.jobs.push(job);
  }
  return batches;
}

/** ISO 8601: since when the pack's first job is due. */
export function oldest({ jobs }: Pack): string {
  return jobs[0]?.notBefore ?? "";
}

interface PackLimits {
  readonly maxJobs: number;
  readonly maxBytes: number;
  readonly maxSeconds: number;
  /** Seconds that a job adds to its run, which works at several jobs at once. */
  readonly secondsOf: (job: DueJob) => number;
}

function limitsOf(
  pipeline: Pipeline,
  size: FargateSize,
  slots: number,
  jobs: readonly DueJob[],
  experience: Experience | undefined,
): PackLimits {
  const lanes = Math.max(1, Math.floor(vcpuOf(size)));
  const secondsOf = ({ kind }: DueJob): number => expectedSeconds(pipeline, kind, experience) / lanes;
  const share = jobs.reduce((sum, job) => sum + secondsOf(job), 0) / Math.max(1, slots);
  const { maxJobs, maxBytes, maxSeconds } = pipeline.pack;
  return { maxJobs, maxBytes, maxSeconds: Math.min(maxSeconds, Math.max(WORTH_SECONDS, share)), secondsOf };
}

interface Cut {
  readonly jobs: DueJob[];
  readonly isFull: boolean;
}

function cut(jobs: readonly DueJob[], limits: PackLimits): Cut[] {
  const cuts: Cut[] = [];
  let pack: DueJob[] = [];
  let bytes = 0;
  let seconds = 0;
  for (const job of jobs) {
    const jobSeconds = limits.secondsOf(job);
    const isTooMuch =
      pack.length >= limits.maxJobs ||
      bytes + job.sizeBytes > limits.maxBytes ||
      seconds + jobSeconds > limits.maxSeconds;
    if (pack.length > 0 && isTooMuch) {
      cuts.push({ jobs: pack, isFull: true });
      [pack, bytes, seconds] = [[], 0, 0];
    }
    pack.push(job);
    bytes += job.sizeBytes;
    seconds += jobSeconds;
  }
  if (pack.length === 0) return cuts;
  const isFull =
    pack[0]?.alone === true ||
    pack.length >= limits.maxJobs ||
    bytes >= limits.maxBytes ||
    seconds >= limits.maxSeconds;
  return [...cuts, { jobs: pack, isFull }];
}

/** ISO 8601 where the pack's oldest job may still wait for company, else undefined. */
function windowEnd(pipeline: Pipeline, [first]: readonly DueJob[], now: Date): string | undefined {
  if (first === undefined) return undefined;
  const end = new Date(Date.parse(first.notBefore) + pipeline.pack.windowSeconds * 1000);
  return end <= now ? undefined : end.toISOString();
}
