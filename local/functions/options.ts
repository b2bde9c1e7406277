import { availableParallelism } from "node:os";

/** How a laptop differs from Lambda; a test may set each. */
export interface FunctionsOptions {
  /** The most processes at a time, over all functions. */
  readonly maxProcesses: number;
  /** An environment that was idle for so long is ended. */
  readonly idleMs: number;
  /** Delay before the first and the second retry of an asynchronous invocation: in AWS one and two minutes. */
  readonly asyncRetryDelaysMs: readonly number[];
}

export const LAPTOP: FunctionsOptions = {
  maxProcesses: Math.max(8, 4 * availableParallelism()),
  idleMs: 60_000,
  asyncRetryDelaysMs: [1000, 2000],
};
