import type { Attempt, AttemptOutcome, Job } from "#core/jobs/job.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { History } from "../history.ts";

/** Outcomes that cost a job none of its attempts. */
const FREE: ReadonlySet<AttemptOutcome> = new Set([
  "spot-interruption",
  "released",
  "capacity",
  "throttled",
  "out-of-memory",
]);
/** What a run's end may be taken for where its task was interrupted, and must not be. */
const MISTAKEN: ReadonlySet<AttemptOutcome> = new Set(["platform", "unknown", "network", "scaling"]);
const UNKNOWN_IS_TRIED = 2;

/** Nothing that AWS did by itself counts as one of a job's tries. @param wasInterrupted whether AWS took the run's task away for Spot */
export function checkInterruptions(
  before: Job | undefined,
  { jobId, attempts }: Job,
  wasInterrupted: (runId: string) => boolean,
  history: History,
): void {
  for (const [index, { runId, outcome }] of attempts.entries()) {
    const isNew = outcome !== undefined && before?.attempts[index]?.outcome === undefined;
    if (!isNew || !MISTAKEN.has(outcome) || !wasInterrupted(runId)) continue;
    const what = `an interruption counts as ${outcome}`;
    history.violate({ rule: "tries-are-counted-right", what, jobId, runId });
  }
}

/** Whoever fails has had the tries that its pipeline allows. */
export function checkTries(
  { jobId, pipeline: name, attempts, failure }: Job,
  pipelines: Pipelines,
  history: History,
): void {
  const pipeline = pipelines[name];
  if (pipeline === undefined || failure === undefined || failure.retry === "no") return;
  if (failure.class === "out-of-memory") return;
  const isSpent = ({ outcome }: Attempt): boolean => outcome !== undefined && !FREE.has(outcome);
  const spent = attempts.filter(isSpent).length;
  const allowed =
    failure.class === "unknown"
      ? Math.min(UNKNOWN_IS_TRIED, pipeline.retry.attempts)
      : pipeline.retry.attempts;
  if (spent >= allowed) return;
  const what = `failed (${failure.class}) after ${spent} of ${allowed} tries`;
  history.violate({ rule: "tries-are-counted-right", what, jobId });
}
