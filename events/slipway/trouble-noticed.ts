import { z } from "zod";
import { Envelope } from "../envelope.ts";
import { FAILURE_CLASSES } from "../failure-classes.ts";

/**
 * Published once or more for what is no job's failure and needs a person all the same: a task of the cluster that belongs to no run has
 * failed, or a pipeline's work waits and nothing begins. Receivers take duplicates: `detail.troubleId` names the trouble.
 */
export const TroubleNoticed = Envelope.extend({
  "detail-type": z.literal("Trouble Noticed"),
  source: z.literal("slipway"),
  detail: z.looseObject({
    troubleId: z.string().min(1),
    about: z.enum(["task", "waiting"]),
    /** The pipeline, or what else of the cluster it is: ECS' name of a service or a family, "service:web". */
    pipeline: z.string().min(1),
    class: z.enum(FAILURE_CLASSES),
    reason: z.string(),
    advice: z.string(),
    at: z.iso.datetime(),
    taskArn: z.string().optional(),
  }),
});

export type TroubleNoticed = z.infer<typeof TroubleNoticed>;
