import { taskLog } from "./task-log.ts";

/** Jobs under way may end within this after SIGTERM; our task definitions give 120 s before SIGKILL. */
const STOP_GRACE_MS = 90_000;

export interface StopSignals {
  /** No further job may be begun. */
  readonly stopping: AbortSignal;
  /** The task has to be gone. */
  readonly interrupted: AbortSignal;
}

/** What SIGTERM means: Spot, a time-out, scaling in or a deployment ends the task. */
export function listenForStop(): StopSignals {
  const stopping = new AbortController();
  const interrupted = new AbortController();
  process.once("SIGTERM", () => {
    taskLog.warn("Asked to stop; no further job is begun");
    stopping.abort();
    setTimeout(() => interrupted.abort(), STOP_GRACE_MS);
  });
  return { stopping: stopping.signal, interrupted: interrupted.signal };
}

/** Ends the process, with a word in the log, where what it was given is wrong. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    taskLog.error(error instanceof Error ? error.message : String(error));
    return process.exit(1);
  }
}
