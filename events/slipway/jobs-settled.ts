import { z } from "zod";

/** From a task to track, over the task-events queue: these jobs of my run have an outcome in the table. */
export const JobsSettled = z.object({
  type: z.literal("jobs-settled"),
  runId: z.string().min(1),
  jobIds: z.array(z.string().min(1)).min(1),
});

export type JobsSettled = z.infer<typeof JobsSettled>;
