import { type Job, lastAttempt } from "../jobs/job.ts";
import { kindOfJob } from "../jobs/kind-of-job.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import type { Run } from "../runs/run.ts";
import { isWithin, largerSize, sameSize } from "./size-ladder.ts";

/** What one kind of job has taught. */
export interface KindExperience {
  /** Seconds that one job takes, the later ones weighing more; absent until one has ended well. */
  readonly seconds?: number;
  /** The size in which such a job came through after a smaller one was too small. */
  readonly size?: FargateSize;
  /** ISO 8601: when `size` last proved necessary. */
  readonly sizeAt?: string;
}

/** What a pipeline's finished runs have taught, by kind of job (kindOfJob). Kept with the pipeline, and of no weight but for speed and cost. */
export interface Experience {
  readonly pipeline: string;
  readonly kinds: Readonly<Record<string, KindExperience>>;
  readonly revision: number;
}

/** One job that has ended well. */
export interface Lesson {
  readonly kind: string;
  readonly seconds: number;
  /** The run's size, where a smaller one was too small for the job. */
  readonly size?: FargateSize;
}

/** What a job is thought to take until one of its kind has ended. */
export const UNKNOWN_JOB_SECONDS = 5;
/** A file that needed more than its kind usually does must not make the kind dear for ever. */
const SIZE_REMEMBERED_MS = 14 * 86_400_000;
/** The item is read in each slice of dispatch; kinds beyond these are not learned. */
const MOST_KINDS = 50;
const NEWEST_WEIGHT = 0.3;
/** Smaller differences are noise, and not worth a write. */
const NOTABLE_SHARE = 0.2;

/** What the jobs teach that a run brought to a good end. */
export function lessonsOf(run: Pick<Run, "runId" | "size">, jobs: readonly Job[]): Lesson[] {
  return jobs.flatMap((job) => {
    const { runId, startedAt, endedAt } = lastAttempt(job) ?? {};
    if (job.state !== "SUCCEEDED" || runId !== run.runId || startedAt === undefined || endedAt === undefined)
      return [];
    const seconds = Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
    const lesson = { kind: kindOfJob(job.source), seconds };
    return [job.size === undefined ? lesson : { ...lesson, size: run.size }];
  });
}

/** Seconds that a job of this kind is expected to take, at most what its pipeline lets it. */
export function expectedSeconds(pipeline: Pipeline, kind: string, experience?: Experience): number {
  const learned = experience?.kinds[kind]?.seconds ?? UNKNOWN_JOB_SECONDS;
  return Math.min(learned, pipeline.timeout.jobSeconds);
}

/** The size to try a job in: the pipeline's, or the larger one that the job or its kind needs, never above the ceiling. */
export function sizeToTry(
  pipeline: Pipeline,
  job: { readonly kind: string; readonly size?: FargateSize },
  now: Date,
  experience?: Experience,
): FargateSize {
  const known = experience?.kinds[job.kind];
  const isFresh =
    known?.sizeAt !== undefined && Date.parse(known.sizeAt) + SIZE_REMEMBERED_MS > now.getTime();
  const ofKind = isFresh ? known.size : undefined;
  // Most jobs of a long queue have never been too large.
  if (job.size === undefined && ofKind === undefined) return pipeline.size;
  const wanted = [job.size, ofKind].filter((size) => size !== undefined).reduce(largerSize, pipeline.size);
  return isWithin(wanted, pipeline.maxSize) ? wanted : pipeline.maxSize;
}

/** @returns the experience with what a run's jobs taught; undefined where it is nothing new worth a write */
export function learn(
  pipeline: string,
  standing: Experience | undefined,
  lessons: readonly Lesson[],
  now: Date,
): Experience | undefined {
  const kinds: Record<string, KindExperience> = { ...standing?.kinds };
  let isNotable = false;
  for (const [kind, seconds] of meanSeconds(lessons)) {
    const known = kinds[kind];
    if (known === undefined && Object.keys(kinds).length >= MOST_KINDS) continue;
    if (known?.seconds === undefined) kinds[kind] = { ...known, seconds: rounded(seconds) };
    else if (Math.abs(seconds - known.seconds) > NOTABLE_SHARE * known.seconds)
      kinds[kind] = { ...known, seconds: rounded(known.seconds + NEWEST_WEIGHT * (seconds - known.seconds)) };
    isNotable ||= kinds[kind] !== known;
  }
  for (const { kind, size } of lessons) {
    const known = kinds[kind];
    if (size === undefined || known === undefined || isRemembered(known, size, now)) continue;
    const larger = known.size === undefined ? size : largerSize(known.size, size);
    kinds[kind] = { ...known, size: larger, sizeAt: now.toISOString() };
    isNotable = true;
  }
  return isNotable ? { pipeline, kinds, revision: (standing?.revision ?? 0) + 1 } : undefined;
}

/** A run's lessons of one kind count once, whatever the pack. */
function meanSeconds(lessons: readonly Lesson[]): Map<string, number> {
  const byKind = Map.groupBy(lessons, ({ kind }) => kind);
  return new Map(
    [...byKind].map(([kind, some]) => [
      kind,
      some.reduce((sum, { seconds }) => sum + seconds, 0) / some.length,
    ]),
  );
}

/** A size that was learned this very day is not written again with each run of a burst. */
function isRemembered(known: KindExperience, size: FargateSize, now: Date): boolean {
  if (known.size === undefined || known.sizeAt === undefined) return false;
  const isCovered = sameSize(known.size, size) || isWithin(size, known.size);
  return isCovered && now.getTime() - Date.parse(known.sizeAt) < 86_400_000;
}

/** A class of jobs that end at once must still be able to become slower by more than a share of nothing. */
function rounded(seconds: number): number {
  return Math.max(0.1, Math.round(seconds * 10) / 10);
}
