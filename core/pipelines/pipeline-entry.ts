import { z } from "zod";
import { oneOf, options, whole, TimeZone } from "./entry-schema.ts";
import { PRIORITIES } from "./pipeline.ts";
import { Instances, surroundings, Weights } from "./surroundings-entry.ts";
import { QueueSource, Worker } from "./worker-entry.ts";

/**
 * What a user writes for one pipeline in pipelines.ts: `source` and `task`; everything else has a default. An option that
 * is not known is refused, because a misspelt one would otherwise be a default in disguise.
 */

const MEBIBYTE = 1024 * 1024;

/** The longest wake-up: SQS delays a message by at most 900 seconds. */
const LONGEST_WINDOW_SECONDS = 900;

const DAY_SECONDS = 86_400;

/** Lambda, ECS and S3 names are built of it: slipway-<stage>-<name>. */
const TASK_FOLDER = /^[a-z0-9][a-z0-9-]*$/;
const SUFFIX = /^\.[^A-Z/\s]+$/;
const RATE = /^rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)$/;
const CRON = /^cron\(\S+(?: \S+){5}\)$/;

const UploadSource = options({
  type: z.literal("upload"),
  prefix: z
    .string()
    .regex(/^[^/].*$/s, {
      error: 'must name a folder of the uploads bucket without a slash in front, e.g. "images/"',
    })
    .regex(/^[^*?$]*$/, {
      error: "must not contain *, ? or $, which mean more than themselves in AWS policies",
    })
    .endsWith("/", { error: 'must end with a slash, e.g. "images/"' })
    .max(512, { error: "must have at most 512 characters, for keys end at 1,024 bytes" }),
  suffixes: z
    .array(
      z.string().regex(SUFFIX, {
        error:
          'must begin with a dot and be in lower case, e.g. ".jpg"; keys are compared without regard to case',
      }),
    )
    .min(1, { error: "must name at least one ending; leave it out to take every key" })
    .exactOptional(),
  backfill: z.boolean().exactOptional(),
  emptyFiles: z.enum(["process", "skip", "fail"]).exactOptional(),
});

const ScheduleSource = options({
  type: z.literal("schedule"),
  expression: z.string().refine((text) => RATE.test(text) || CRON.test(text), {
    error:
      'must be an EventBridge expression: "rate(1 hour)", "rate(5 minutes)" or six cron fields, e.g. "cron(0 3 * * ? *)"',
  }),
  timeZone: TimeZone.exactOptional(),
});

export const PipelineEntry = options({
  source: z.discriminatedUnion("type", [UploadSource, ScheduleSource, QueueSource], {
    error: (issue) =>
      issue.code === "invalid_union"
        ? 'must be "upload" (with a prefix), "schedule" (with an expression) or "queue" (of a worker)'
        : 'must be of type "upload" (with a prefix), "schedule" (with an expression) or "queue" (of a worker)',
  }),
  task: z
    .string({ error: "must name a folder under tasks/" })
    .regex(TASK_FOLDER, {
      error: 'must be the bare name of a folder under tasks/, e.g. "media"',
    })
    .exactOptional(),
  size: options({ cpu: z.number(), memoryMiB: z.number() }).default({ cpu: 1024, memoryMiB: 2048 }),
  maxSize: options({ cpu: z.number(), memoryMiB: z.number() }).exactOptional(),
  architecture: z.enum(["ARM64", "X86_64"]).default("ARM64"),
  ephemeralStorageGiB: whole(20, 200).default(20),
  priority: z.enum(PRIORITIES).default("normal"),
  pack: options({
    maxJobs: whole(1, 1000).default(1),
    maxBytes: whole(1, Number.MAX_SAFE_INTEGER).default(256 * MEBIBYTE),
    maxSeconds: whole(1, 7 * DAY_SECONDS).exactOptional(),
    windowSeconds: whole(0, LONGEST_WINDOW_SECONDS).default(0),
  }).prefault({}),
  retry: options({
    attempts: whole(1, 10).default(3),
    backoffSeconds: whole(1, DAY_SECONDS).default(30),
    maxBackoffSeconds: whole(1, DAY_SECONDS).default(900),
  }).prefault({}),
  timeout: options({
    jobSeconds: whole(1, 7 * DAY_SECONDS).default(900),
    runSeconds: whole(1, 7 * DAY_SECONDS).default(3600),
    startSeconds: whole(60, DAY_SECONDS).default(600),
  }).prefault({}),
  capacity: options({
    type: oneOf(["spot-first", "on-demand", "weighted", "ec2"]).default("spot-first"),
    weights: Weights.exactOptional(),
    instances: Instances.exactOptional(),
    maxTasks: whole(1, 5000).default(10),
    launchesPerSecond: z
      .number({ error: "must be a number above 0, at most 20" })
      .positive({ error: "must be more than 0; pause the pipeline to launch nothing" })
      .max(20, { error: "must be at most 20, which is what RunTask takes from a whole account" })
      .exactOptional(),
  }).prefault({}),
  worker: Worker.exactOptional(),
  guard: options({
    runsPerDay: whole(1, 1_000_000).exactOptional(),
    usdPerDay: z
      .number({ error: "must be a number of US dollars" })
      .positive({ error: "must be more than 0; pause the pipeline to spend nothing" })
      .exactOptional(),
  }).exactOptional(),
  overlap: z.enum(["skip", "queue", "allow"]).exactOptional(),
  onOverwrite: z.enum(["process-all", "newest-only"]).exactOptional(),
  maxHops: whole(0, 1000).default(3),
  ...surroundings,
});

/** What a user may write. */
export type PipelineEntry = z.input<typeof PipelineEntry>;
/** The same with its defaults. */
export type ParsedEntry = z.output<typeof PipelineEntry>;
