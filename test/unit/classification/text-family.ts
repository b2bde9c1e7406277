import type { SeenText } from "#core/classification/explain-text.ts";
import type { FailureClass, RetryAdvice } from "#core/classification/failure.ts";

/** Texts of one family: what they mean, and the pages whose wording they follow. */
export interface TextFamily {
  readonly class: FailureClass | "succeeded";
  readonly retry: RetryAdvice;
  /** Other answers that a reasonable operator would give too. */
  readonly alt?: readonly FailureClass[];
  readonly retryAlt?: readonly RetryAdvice[];
  readonly source: string;
  /** A bare text is the stoppedReason of a task without exit code. */
  readonly texts: readonly (string | SeenText)[];
}

export const guide = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide";
export const api = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference";

/** An entry of RunTask's failures[]. */
export const failure = (text: string): SeenText => ({ where: "runTask.failure", text });
/** An exception of RunTask. */
export const refused = (errorName: string, text: string): SeenText => ({
  where: "runTask.exception",
  errorName,
  text,
});
/** The reason of the main container. */
export const container = (text: string, exitCode?: number): SeenText => ({
  where: "container.reason",
  text,
  exitCode,
});
/** The stoppedReason of a task with a stop code. */
export const stopped = (stopCode: string, text: string, exitCode?: number): SeenText => ({
  where: "stoppedReason",
  stopCode,
  text,
  exitCode,
});
