import { z } from "zod";
import { FAILURE_CLASSES } from "../failure-classes.ts";
import { Envelope } from "../envelope.ts";

const Failure = z.looseObject({
  class: z.enum(FAILURE_CLASSES),
  reason: z.string(),
  advice: z.string(),
  retry: z.enum(["yes", "later", "bigger", "no"]),
});

const Detail = z.looseObject({
  jobId: z.string().min(1),
  pipeline: z.string().min(1),
  state: z.string(),
  source: z.looseObject({ type: z.string(), bucket: z.string().optional(), key: z.string().optional() }),
  attempts: z.number().int(),
  createdAt: z.string(),
  endedAt: z.string().optional(),
  runId: z.string().optional(),
  taskArn: z.string().optional(),
  /** newest-only: the job of a newer version of the same object; this one's result is not the object's. */
  supersededBy: z.string().optional(),
});

/** Published once or more for each job that succeeded. Receivers take duplicates: `detail.jobId` names the job. */
export const JobSucceeded = Envelope.extend({
  "detail-type": z.literal("Job Succeeded"),
  source: z.literal("slipway"),
  detail: Detail,
});

/** Published once or more for each job that failed for good. */
export const JobFailed = Envelope.extend({
  "detail-type": z.literal("Job Failed"),
  source: z.literal("slipway"),
  detail: Detail.extend({ failure: Failure }),
});

export type JobSucceeded = z.infer<typeof JobSucceeded>;
export type JobFailed = z.infer<typeof JobFailed>;
