import { z } from "zod";
import { Envelope } from "../envelope.ts";

/** Published once or more when a pipeline's guard has paused it; its jobs wait until a person resumes it. */
export const PipelinePaused = Envelope.extend({
  "detail-type": z.literal("Pipeline Paused"),
  source: z.literal("slipway"),
  detail: z.looseObject({
    pipeline: z.string().min(1),
    reason: z.string(),
    advice: z.string(),
    at: z.iso.datetime(),
  }),
});

export type PipelinePaused = z.infer<typeof PipelinePaused>;
