import type { TaskLauncher } from "#core/ports/task-launcher.ts";
import type { SettlePorts } from "../finish-run.ts";
import type { ReviewPorts } from "../review-notices.ts";

export interface SweepPorts extends SettlePorts, Omit<ReviewPorts, "jobs"> {
  readonly launcher: TaskLauncher;
  remainingMs(): number;
}

/** Repairs leave this much of a tick to one of them that takes long, and to the notices. */
const REPAIRS_RESERVE_MS = 30_000;

/** Whether a repair has to leave the rest to the next tick. */
export function isOutOfTime(ports: SweepPorts): boolean {
  return ports.remainingMs() < REPAIRS_RESERVE_MS;
}

/** One repair that fails keeps none of the others from its turn; the next tick comes in five minutes. @returns whether it went well */
export async function trying(
  what: string,
  { log }: SweepPorts,
  repair: () => Promise<void>,
): Promise<boolean> {
  try {
    await repair();
    return true;
  } catch (error) {
    log.error(what, { error: String(error) });
    return false;
  }
}
