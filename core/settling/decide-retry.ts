import type { Verdict } from "../classification/failure.ts";
import type { AttemptOutcome, Job, JobFailure } from "../jobs/job.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";

export type RetryDecision =
  | { readonly type: "retry"; readonly outcome: AttemptOutcome; readonly notBefore: Date }
  | { readonly type: "fail"; readonly failure: JobFailure };

/** Capacity, throttles and the network come back by themselves, but not in a moment. */
const LATER_FACTOR = 6;
/** Outcomes that say nothing about the job itself. */
const UNCOUNTED: ReadonlySet<AttemptOutcome> = new Set(["spot-interruption", "released"]);

/**
 * What becomes of a job whose attempt ended without success.
 * @param chance 0 <= n < 1, for full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)
 */
export function decideRetry(state: {
  job: Job;
  pipeline: Pipeline;
  verdict: Verdict;
  neverStarted: boolean;
  now: Date;
  chance: number;
}): RetryDecision {
  const { job, pipeline, verdict, now, chance } = state;
  const outcome = outcomeOf(verdict, state.neverStarted);
  const spent = job.attempts.filter((attempt) => attempt.outcome !== undefined && !UNCOUNTED.has(attempt.outcome)).length;
  const counted = UNCOUNTED.has(outcome) ? spent : spent + 1;
  const mayRetry = verdict.retry !== "no" && counted < attemptsFor(pipeline, outcome);
  if (!mayRetry) return { type: "fail", failure: failureOf(verdict) };
  const factor = verdict.retry === "later" ? LATER_FACTOR : 1;
  const { backoffSeconds, maxBackoffSeconds } = pipeline.retry;
  const ceiling = Math.min(maxBackoffSeconds, backoffSeconds * factor * 2 ** Math.max(0, counted - 1));
  return { type: "retry", outcome, notBefore: new Date(now.getTime() + Math.ceil(chance * ceiling * 1000)) };
}

function outcomeOf(verdict: Verdict, neverStarted: boolean): AttemptOutcome {
  if (neverStarted && verdict.retry !== "no") return "released";
  return verdict.class === "succeeded" ? "unknown" : verdict.class;
}

/** What nobody understands is tried once more and then told. */
function attemptsFor(pipeline: Pipeline, outcome: AttemptOutcome): number {
  return outcome === "unknown" ? Math.min(2, pipeline.retry.attempts) : pipeline.retry.attempts;
}

function failureOf(verdict: Verdict): JobFailure {
  return {
    class: verdict.class === "succeeded" ? "unknown" : verdict.class,
    reason: verdict.reason,
    advice: verdict.advice,
    retry: verdict.retry,
  };
}
