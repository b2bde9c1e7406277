import { availableParallelism } from "node:os";
import { z } from "zod";

const quota = Math.max(6, 2 * availableParallelism());

/** What the operator may change of the local ECS; AWS' values where AWS has one. */
export const settings = z.strictObject({
  /** How long PROVISIONING and PENDING take together. AWS: 30 to 60 s. */
  startDelayMs: z.number().min(0).default(100),
  /**
   * vCPUs that run at once: those of a new account (https://docs.aws.amazon.com/general/latest/gr/ecs-service.html), or more
   * where the machine has more.
   */
  quotaVcpu: z
    .strictObject({ onDemand: z.number().min(0), spot: z.number().min(0) })
    .default({ onDemand: quota, spot: quota }),
  /** Whether calls beyond AWS' rates are refused. */
  throttling: z.boolean().default(true),
  /** The pause before a service starts a task again that ended by itself; doubled by each start in a row that fails. AWS: seconds to minutes. */
  serviceRetryMs: z.number().min(0).default(1000),
  /** How long all tasks of a service must have run for it to be steady. */
  serviceSteadyMs: z.number().min(0).default(1000),
  /** From the warning of a Spot interruption to the end. */
  spotNoticeMs: z.number().min(0).default(120_000),
});
export type Settings = z.output<typeof settings>;
