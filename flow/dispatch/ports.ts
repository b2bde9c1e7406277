import type { TaskStarter } from "#core/ports/task-launcher.ts";
import type { LaunchBudget } from "#core/planning/launch-rate.ts";
import type { AccountLimits } from "#core/planning/room.ts";
import type { LaunchSite } from "#core/planning/run-request.ts";
import type { SettlePorts } from "../finish-run.ts";

export interface DispatchPorts extends SettlePorts {
  readonly launcher: TaskStarter;
  readonly site: LaunchSite;
  readonly limits: AccountLimits & {
    /** Default ACCOUNT_LAUNCHES_PER_SECOND. */
    readonly launchesPerSecond?: number;
  };
  /** Waits. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** What is left of this invocation. */
  remainingMs(): number;
}

/** What one slice works with. */
export interface SlicePorts extends DispatchPorts {
  readonly budget: LaunchBudget;
}

/** A slice begins nothing new without the time for one RunTask and to write down what came of it. */
export const SLICE_RESERVE_MS = 10_000;
const LOOK_AFTER_ERROR_MS = 30_000;

/** When to look again at what went wrong: sooner than sweep, and not so soon that a lasting error costs money. */
export function afterError(ports: DispatchPorts): Date {
  return new Date(ports.clock.now().getTime() + LOOK_AFTER_ERROR_MS);
}

/** When to look again at what waits for its turn. */
export function inASecond(ports: DispatchPorts): Date {
  return new Date(ports.clock.now().getTime() + 1000);
}
