import { z } from "zod";
import { Envelope } from "../envelope.ts";

/** Published once or more for each run that is over: what its task came to and what it cost. */
export const RunStopped = Envelope.extend({
  "detail-type": z.literal("Run Stopped"),
  source: z.literal("slipway"),
  detail: z.looseObject({
    runId: z.string().min(1),
    pipeline: z.string().min(1),
    state: z.enum(["STOPPED", "GIVEN_UP"]),
    jobs: z.number().int(),
    taskArn: z.string().optional(),
    class: z.string(),
    reason: z.string(),
    advice: z.string().optional(),
    stoppedAt: z.string().optional(),
    exitCode: z.number().int().optional(),
    costUsd: z.number().optional(),
  }),
});

export type RunStopped = z.infer<typeof RunStopped>;
