import type { FAILURE_CLASSES } from "#events/failure-classes.ts";

/** Why a run or a job failed. */
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** yes: at once with back-off; later: after a longer wait; bigger: with more memory; no: a person has to act. */
export type RetryAdvice = "yes" | "later" | "bigger" | "no";

/** What a stop, a launch failure or an exception means. */
export interface Verdict {
  readonly class: FailureClass | "succeeded";
  readonly retry: RetryAdvice;
  /** What happened, in one plain sentence. */
  readonly reason: string;
  /** What to do. */
  readonly advice: string;
}
