import { z } from "zod";
import { Envelope } from "../envelope.ts";

/**
 * ECS "ECS Service Action": what the scheduler of services does, and cannot do. `resources[0]` is the service. The rule lets warnings
 * and errors through; the names are AWS', and more may come.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
 */
export const ServiceAction = Envelope.extend({
  "detail-type": z.literal("ECS Service Action"),
  source: z.literal("aws.ecs"),
  resources: z.array(z.string()).min(1),
  detail: z.looseObject({
    eventType: z.enum(["INFO", "WARN", "ERROR"]),
    /** e.g. SERVICE_TASK_PLACEMENT_FAILURE */
    eventName: z.string().min(1),
    clusterArn: z.string().optional(),
    createdAt: z.string().optional(),
    reason: z.string().optional(),
  }),
});

export type ServiceAction = z.infer<typeof ServiceAction>;
