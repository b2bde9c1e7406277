import { z } from "zod";
import { Envelope } from "../envelope.ts";

/**
 * A tick of a scheduled rule. `resources[0]` is the rule; `time` is the tick's, so both together name it, however often it
 * is delivered. EventBridge Scheduler sends the same with source aws.scheduler and the string "{}" as detail.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
 */
export const ScheduledEvent = Envelope.extend({
  "detail-type": z.literal("Scheduled Event"),
  source: z.enum(["aws.events", "aws.scheduler"]),
  resources: z.array(z.string()).min(1),
  detail: z.unknown(),
});

export type ScheduledEvent = z.infer<typeof ScheduledEvent>;
