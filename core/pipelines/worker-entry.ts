import { z } from "zod";
import { options, TimeZone, whole } from "./entry-schema.ts";

/** What a user may write of a pipeline whose work comes by a queue. */

/** Application Auto Scaling and ECS: tasks of one service. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MOST_TASKS = 5000;
/** Rungs of one step scaling policy, less the lowest. https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-limits.html */
const MOST_STEPS = 19;
const MOST_MESSAGES = 10_000_000;
const WHEN =
  /^(?:cron\(\S+(?: \S+){5}\)|rate\([1-9]\d* (?:minutes?|hours?|days?)\)|at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\))$/;

export const QueueSource = options({
  type: z.literal("queue"),
  reads: z
    .string()
    .regex(/^[^/*?$][^*?$]*\/$/s, {
      error:
        'must name a folder of the uploads bucket, without a slash in front and with one at the end and without *, ? and $, e.g. "images/"',
    })
    .max(512, { error: "must have at most 512 characters, for keys end at 1,024 bytes" })
    .exactOptional(),
});

const Step = options({ waiting: whole(1, MOST_MESSAGES), addTasks: whole(1, MOST_TASKS) });

const Bounds = options({
  at: z.string().regex(WHEN, {
    error: 'must be "cron(0 7 ? * MON-FRI *)", "rate(1 day)" or "at(2026-11-27T06:00:00)"',
  }),
  timeZone: TimeZone.exactOptional(),
  min: whole(0, MOST_TASKS).exactOptional(),
  max: whole(0, MOST_TASKS).exactOptional(),
});

export const Worker = options({
  min: whole(0, MOST_TASKS).exactOptional(),
  max: whole(1, MOST_TASKS).default(4),
  jobsAtOnce: whole(1, 100).exactOptional(),
  backlogPerTask: whole(1, MOST_MESSAGES).default(100),
  emptyMinutes: whole(1, 60).default(3),
  visibilitySeconds: whole(10, 21_600).default(60),
  cpuPercent: whole(1, 100).exactOptional(),
  memoryPercent: whole(1, 100).exactOptional(),
  requestsPerTask: whole(1, MOST_MESSAGES).exactOptional(),
  steps: z.array(Step).min(1).max(MOST_STEPS).exactOptional(),
  schedule: z.array(Bounds).min(1).exactOptional(),
});
