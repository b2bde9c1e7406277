import type { TaskLauncher } from "#core/ports/task-launcher.ts";
import type { AccountLimits } from "#core/planning/plan-runs.ts";
import type { LaunchSite } from "#core/planning/run-request.ts";
import type { SettlePorts } from "../finish-run.ts";

export interface DispatchPorts extends SettlePorts {
  readonly launcher: TaskLauncher;
  readonly site: LaunchSite;
  readonly limits: AccountLimits;
  /** What is left of this invocation. */
  remainingMs(): number;
}

/** A slice begins nothing new without the time for one RunTask and to write down what came of it. */
export const SLICE_RESERVE_MS = 10_000;
const LOOK_AFTER_ERROR_MS = 30_000;

/** When to look again at what went wrong: sooner than sweep, and not so soon that a lasting error costs money. */
export function afterError(ports: DispatchPorts): Date {
  return new Date(ports.clock.now().getTime() + LOOK_AFTER_ERROR_MS);
}
