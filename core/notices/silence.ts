import { type Job, isTerminal, lastAttempt } from "../jobs/job.ts";
import type { LaunchHolds } from "../planning/launch-holds.ts";
import type { Trouble } from "../ports/messaging.ts";

/*
 * Silence is a failure too: work waits, and no task begins. Sweep looks at the jobs that are due first, and again at the same jobs with
 * each tick; only when none of them has begun for half an hour, and nothing else of the pipeline runs, is it told.
 */

/** What sweep waits for, for one pipeline: one small item, written when work begins to wait and when it has begun. */
export interface Watch {
  readonly pipeline: string;
  /** ISO 8601: since when these jobs are looked at. */
  readonly since: string;
  readonly jobIds: readonly string[];
}

export const WATCHED_JOBS = 3;
const SILENT_AFTER_MS = 30 * 60_000;
const HOUR_MS = 3_600_000;

/** Whether a job that was looked at has moved on since: it has ended, or some attempt at it began. */
export function hasMoved(job: Job, watch: Watch): boolean {
  return (
    isTerminal(job) ||
    job.attempts.some(({ startedAt }) => startedAt !== undefined && startedAt >= watch.since)
  );
}

/** How long it has been silent, if that is long enough to be told. */
export function isSilent(watch: Watch, now: Date): boolean {
  return now.getTime() - Date.parse(watch.since) >= SILENT_AFTER_MS;
}

/** The trouble as it is told: the same for an hour, so that it is counted once an hour and mailed as a digest. */
export function silence(
  watch: Watch,
  jobs: readonly Job[],
  holds: LaunchHolds | undefined,
  now: Date,
): Trouble {
  const waitedMs = now.getTime() - Date.parse(watch.since);
  const why = causeOf(jobs, watch.pipeline, holds);
  return {
    troubleId: `${watch.pipeline}-waits-${watch.since}-${Math.floor(waitedMs / HOUR_MS)}`,
    about: "waiting",
    pipeline: watch.pipeline,
    class: why.class,
    reason: `Work of the pipeline waits, and none of its tasks has begun for ${Math.floor(waitedMs / 60_000)} minutes; ${why.words}.`,
    advice: why.advice,
    at: now.toISOString(),
  };
}

interface Cause extends Pick<Trouble, "class" | "advice"> {
  readonly words: string;
}

const ROOM =
  "Ask AWS for a higher quota, give the stage larger subnets or more zones, or wait until it comes back; it goes on by itself.";

/** The best that is known: what became of the last tries, else where launches are held back, else that the stage is full. */
function causeOf(jobs: readonly Job[], pipeline: string, holds: LaunchHolds | undefined): Cause {
  const outcome = jobs.map((job) => lastAttempt(job)?.outcome).find((last) => last !== undefined);
  if (outcome !== undefined && outcome !== "released" && outcome !== "succeeded") {
    return { class: outcome, words: `the last try ended with: ${outcome}`, advice: ROOM };
  }
  if (Object.keys(holds?.holds ?? {}).some((scope) => scope === "*" || scope.startsWith(pipeline)))
    return { class: "capacity", words: "launches find no room and are held back", advice: ROOM };
  return {
    class: "capacity",
    words: "the stage's caps may be used up by other pipelines, or dispatch does not run",
    advice:
      "Compare the tasks that run with maxVcpu, maxTasks and capacity.maxTasks, and look into the dead-letter queue of dispatch.",
  };
}
