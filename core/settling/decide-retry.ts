import type { Verdict } from "../classification/failure.ts";
import type { AttemptOutcome, Job, JobFailure } from "../jobs/job.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { nextSize } from "../planning/size-ladder.ts";

export type RetryDecision =
  | {
      readonly type: "retry";
      readonly outcome: AttemptOutcome;
      readonly notBefore: Date;
      /** The least size of the next run, where this one was too small. */
      readonly size?: FargateSize;
    }
  | { readonly type: "fail"; readonly failure: JobFailure };

/** Capacity, throttles and the network come back by themselves, but not in a moment. */
const LATER_FACTOR = 6;
/** Outcomes that do not use up the pipeline's attempts. */
const UNCOUNTED: ReadonlySet<AttemptOutcome> = new Set([
  "spot-interruption",
  "released",
  "capacity",
  "throttled",
  // The ladder of sizes has an end of its own.
  "out-of-memory",
]);
/** Patience ends too: with the usual back-off after some hours, when a person should know. */
const MOST_ATTEMPTS = 50;

/**
 * What becomes of a job whose attempt ended without success.
 * @param state.released the job's turn never came in this run: it goes on to the next, whatever became of the run
 * @param state.isOneOfMany it is not known that this job ended the run: it is not the last try, whatever was spent before
 * @param state.size of the run, where it is over
 * @param state.chance 0 <= n < 1, for full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)
 */
export function decideRetry(state: {
  job: Job;
  pipeline: Pipeline;
  verdict: Verdict;
  released: boolean;
  isOneOfMany?: boolean;
  size?: FargateSize;
  now: Date;
  chance: number;
}): RetryDecision {
  const { job, pipeline, verdict, released, isOneOfMany = false, size, now, chance } = state;
  if (verdict.class === "out-of-memory" && size !== undefined && !released) {
    return climb({ job, pipeline, verdict, isOneOfMany, size, now });
  }
  const outcome = outcomeOf(verdict, released);
  const isCounted = !UNCOUNTED.has(outcome);
  const counted = job.attempts.filter(isSpent).length + (isCounted ? 1 : 0);
  const triesLeft = !isCounted || isOneOfMany || counted < attemptsFor(pipeline, outcome);
  const mayRetry = (released || verdict.retry !== "no") && triesLeft && job.attempts.length < MOST_ATTEMPTS;
  if (!mayRetry) return { type: "fail", failure: failureOf(verdict) };
  const factor = verdict.retry === "later" ? LATER_FACTOR : 1;
  const { backoffSeconds, maxBackoffSeconds } = pipeline.retry;
  const doublings = isCounted ? counted - 1 : uncountedInARow(job);
  const ceiling = Math.min(maxBackoffSeconds, backoffSeconds * factor * 2 ** doublings);
  return { type: "retry", outcome, notBefore: new Date(now.getTime() + Math.ceil(chance * ceiling * 1000)) };
}

/** Of several jobs it shows alone, in the same size, which one needs more. Whoever does goes up a rung at once. */
function climb(state: {
  job: Job;
  pipeline: Pipeline;
  verdict: Verdict;
  isOneOfMany: boolean;
  size: FargateSize;
  now: Date;
}): RetryDecision {
  const { job, pipeline, verdict, isOneOfMany, size, now } = state;
  const again = { type: "retry", outcome: "out-of-memory", notBefore: now } as const;
  const mayRetry = job.attempts.length < MOST_ATTEMPTS;
  if (isOneOfMany && mayRetry) return again;
  const next = nextSize(size, pipeline.maxSize);
  if (next !== undefined && mayRetry) return { ...again, size: next };
  const failure = failureOf({
    ...verdict,
    reason: `The job needs more memory than the ${size.memoryMiB} MiB that its pipeline lets it have.`,
    advice: "Raise maxSize in pipelines.ts, deploy, and retry the job.",
  });
  return { type: "fail", failure: { ...failure, retry: "no" } };
}

/** Lack of capacity stays on record as what it was: it decides where the next run goes. */
function outcomeOf(verdict: Verdict, released: boolean): AttemptOutcome {
  if (released && verdict.class !== "capacity") return "released";
  return verdict.class === "succeeded" ? "unknown" : verdict.class;
}

function isSpent({ outcome }: Job["attempts"][number]): boolean {
  return outcome !== undefined && !UNCOUNTED.has(outcome);
}

/** How many attempts before this one came to nothing in a row through no fault of the job. */
function uncountedInARow({ attempts }: Job): number {
  const before = attempts.slice(0, -1).toReversed();
  const end = before.findIndex(({ outcome }) => outcome === undefined || !UNCOUNTED.has(outcome));
  return end === -1 ? before.length : end;
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
