import { z } from "zod";
import { Envelope } from "../envelope.ts";

/**
 * ECS "ECS Deployment State Change" of a service, which is `resources[0]`; the detail does not name the cluster. FAILED comes only where
 * the deployment circuit breaker is on.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
 */
export const DeploymentStateChange = Envelope.extend({
  "detail-type": z.literal("ECS Deployment State Change"),
  source: z.literal("aws.ecs"),
  resources: z.array(z.string()).min(1),
  detail: z.looseObject({
    eventType: z.enum(["INFO", "WARN", "ERROR"]),
    /** e.g. SERVICE_DEPLOYMENT_FAILED */
    eventName: z.string().min(1),
    deploymentId: z.string().min(1),
    updatedAt: z.string().optional(),
    reason: z.string().optional(),
  }),
});

export type DeploymentStateChange = z.infer<typeof DeploymentStateChange>;
