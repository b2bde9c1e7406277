import { z } from "zod";
import { FaultSet, faultKind } from "../faults/fault-set.ts";

const kinds = {
  logLoss: faultKind("Log lines are lost on their way, of all groups or one; nobody is told.", {
    group: z.string().optional(),
  }),
};

/** What may go wrong with CloudWatch Logs. */
export type LogFaults = FaultSet<typeof kinds>;

export function logFaults(now: () => number): LogFaults {
  return new FaultSet(now, kinds);
}

/** The lines that arrive, each by its own luck. */
export function arriving<L>(faults: LogFaults, group: string, lines: readonly L[]): L[] {
  return lines.filter(
    () =>
      faults.strike("logLoss", (fault) => fault.group === undefined || fault.group === group) === undefined,
  );
}
