import { z } from "zod";
import { Envelope } from "../envelope.ts";

const Container = z.looseObject({
  name: z.string(),
  /** Missing where the container never ran: that is not zero. */
  exitCode: z.number().int().optional(),
  reason: z.string().optional(),
  lastStatus: z.string().optional(),
});

/**
 * ECS "Task State Change". `detail.version` rises with every change and is the same in duplicates; `containers` may be empty
 * and may hold side-cars that are not ours; healthStatus and tags are not in the event.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export const TaskStateChange = Envelope.extend({
  "detail-type": z.literal("ECS Task State Change"),
  source: z.literal("aws.ecs"),
  detail: z.looseObject({
    taskArn: z.string().min(1),
    clusterArn: z.string().min(1),
    lastStatus: z.string(),
    desiredStatus: z.string().optional(),
    version: z.number().int(),
    startedBy: z.string().optional(),
    group: z.string().optional(),
    stopCode: z.string().optional(),
    stoppedReason: z.string().optional(),
    capacityProviderName: z.string().optional(),
    cpu: z.string().optional(),
    memory: z.string().optional(),
    createdAt: z.string().optional(),
    pullStartedAt: z.string().optional(),
    startedAt: z.string().optional(),
    stoppedAt: z.string().optional(),
    containers: z.array(Container).default([]),
  }),
});

export type TaskStateChange = z.infer<typeof TaskStateChange>;
