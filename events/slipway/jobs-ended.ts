import { z } from "zod";

/** From a worker to track, over the task-events queue: these jobs of messages have ended, and no run stands behind them. */
export const JobsEnded = z.object({
  type: z.literal("jobs-ended"),
  jobIds: z.array(z.string().min(1)).min(1),
});

export type JobsEnded = z.infer<typeof JobsEnded>;
