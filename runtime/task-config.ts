import { z } from "zod";

const bytesPerGiB = 1024 ** 3;

/** What a task definition and its run tell the task; the task contract is in docs/pipelines.md. */
const TaskEnvironment = z.object({
  SLIPWAY_RUN_ID: z.string().min(1),
  SLIPWAY_STAGE: z.string().min(1),
  SLIPWAY_PIPELINE: z.string().min(1),
  SLIPWAY_JOBS_TABLE: z.string().min(1),
  SLIPWAY_UPLOADS_BUCKET: z.string().min(1),
  SLIPWAY_RESULTS_BUCKET: z.string().min(1),
  SLIPWAY_TASK_EVENTS_QUEUE_URL: z.url(),
  SLIPWAY_JOB_TIMEOUT_SECONDS: z.coerce.number().positive(),
  SLIPWAY_EPHEMERAL_STORAGE_GIB: z.coerce.number().positive(),
  SLIPWAY_MAX_HOPS: z.coerce.number().int().nonnegative().default(3),
  ECS_CONTAINER_METADATA_URI_V4: z.url().optional(),
});

export interface TaskConfig {
  readonly runId: string;
  readonly stage: string;
  readonly pipeline: string;
  readonly jobsTable: string;
  readonly uploadsBucket: string;
  readonly resultsBucket: string;
  readonly taskEventsQueueUrl: string;
  readonly jobTimeoutMs: number;
  readonly diskBytes: number;
  readonly maxHops: number;
  /** Where ECS tells a task who it is; absent outside ECS. */
  readonly metadataUrl: string | undefined;
}

/** The environment is not one that a task can work with; the message names every variable that is wrong. */
export class TaskConfigError extends Error {
  override readonly name = "TaskConfigError";
}

/** @throws TaskConfigError naming all bad variables at once */
export function readTaskConfig(environment: NodeJS.ProcessEnv): TaskConfig {
  const env = parseEnvironment(TaskEnvironment, environment);
  return Object.freeze({
    runId: env.SLIPWAY_RUN_ID,
    stage: env.SLIPWAY_STAGE,
    pipeline: env.SLIPWAY_PIPELINE,
    jobsTable: env.SLIPWAY_JOBS_TABLE,
    uploadsBucket: env.SLIPWAY_UPLOADS_BUCKET,
    resultsBucket: env.SLIPWAY_RESULTS_BUCKET,
    taskEventsQueueUrl: env.SLIPWAY_TASK_EVENTS_QUEUE_URL,
    jobTimeoutMs: env.SLIPWAY_JOB_TIMEOUT_SECONDS * 1000,
    diskBytes: env.SLIPWAY_EPHEMERAL_STORAGE_GIB * bytesPerGiB,
    maxHops: env.SLIPWAY_MAX_HOPS,
    metadataUrl: env.ECS_CONTAINER_METADATA_URI_V4,
  });
}

/** Reads what a schema asks for from the environment. */
export function parseEnvironment<S extends z.ZodType>(
  schema: S,
  environment: NodeJS.ProcessEnv,
): z.output<S> {
  const parsed = schema.safeParse(environment);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new TaskConfigError(`The task's environment is wrong: ${problems.join("; ")}`);
}
