import { z } from "zod";
import { FaultSet, faultKind } from "../faults/fault-set.ts";

const capacityProvider = z.enum(["FARGATE", "FARGATE_SPOT"]);

const kinds = {
  throttle: faultKind("Calls of ECS are throttled: all, or the named operations.", {
    operations: z.array(z.string()).optional(),
  }),
  failures: faultKind("RunTask answers with failures[] instead of a task.", {
    reason: z.string().default("RESOURCE:FARGATE"),
  }),
  noCapacity: faultKind("Fargate has no room, with all capacity providers or one of them.", {
    capacityProvider: capacityProvider.optional(),
  }),
  noAddress: faultKind("The task's subnet has no free address, and the task stops.", {}),
  noStart: faultKind("A task stays in PENDING until somebody stops it.", {}),
  slowStart: faultKind("A task takes this much longer to start.", { delayMs: z.number().min(0) }),
};

/** What may go wrong with ECS on Fargate. */
export type Faults = FaultSet<typeof kinds>;

export function taskFaults(now: () => number): Faults {
  return new FaultSet(now, kinds);
}
