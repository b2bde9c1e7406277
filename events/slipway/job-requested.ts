import { z } from "zod";
import { Envelope } from "../envelope.ts";

/**
 * What an application puts on the application's bus to ask for a job. The same idempotency key for the same pipeline is the same
 * job, for as long as the job is remembered; without one the event's id stands in.
 */
export const JobRequested = Envelope.extend({
  "detail-type": z.literal("Job Requested"),
  detail: z.looseObject({
    pipeline: z.string().min(1),
    idempotencyKey: z.string().min(1).max(256).optional(),
    input: z.unknown().optional(),
  }),
});

export type JobRequested = z.infer<typeof JobRequested>;
