import { z } from "zod";

const bytesPerGiB = 1024 ** 3;

/** What a task definition and its run tell the task; the task contract is in docs/pipelines.md. */
const Surroundings = z.object({
  SLIPWAY_STAGE: z.string().min(1),
  SLIPWAY_PIPELINE: z.string().min(1),
  SLIPWAY_JOBS_TABLE: z.string().min(1),
  SLIPWAY_UPLOADS_BUCKET: z.string().min(1),
  SLIPWAY_RESULTS_BUCKET: z.string().min(1),
  SLIPWAY_TASK_EVENTS_QUEUE_URL: z.url(),
  SLIPWAY_JOB_TIMEOUT_SECONDS: z.coerce.number().positive(),
  SLIPWAY_EPHEMERAL_STORAGE_GIB: z.coerce.number().positive(),
  SLIPWAY_READS: z.string().min(1).optional(),
  SLIPWAY_MAX_HOPS: z.coerce.number().int().nonnegative().default(3),
  ECS_CONTAINER_METADATA_URI_V4: z.url().optional(),
});

const RunEnvironment = Surroundings.extend({ SLIPWAY_RUN_ID: z.string().min(1) });

const WorkerEnvironment = Surroundings.extend({
  SLIPWAY_WORK_QUEUE_URL: z.url(),
  SLIPWAY_WORK_DEAD_LETTER_QUEUE_URL: z.url(),
  ECS_AGENT_URI: z.url().optional(),
});

/** Where a task works, whatever it was started for. */
export interface Site {
  readonly stage: string;
  readonly pipeline: string;
  readonly jobsTable: string;
  readonly uploadsBucket: string;
  readonly resultsBucket: string;
  readonly taskEventsQueueUrl: string;
  readonly jobTimeoutMs: number;
  readonly diskBytes: number;
  readonly maxHops: number;
  /** The folder of the uploads bucket that jobs may name keys of. */
  readonly reads: string | undefined;
  /** Where ECS tells a task who it is; absent outside ECS. */
  readonly metadataUrl: string | undefined;
}

/** A task that was started for one run. */
export interface TaskConfig extends Site {
  readonly runId: string;
}

/** A task of a service that takes messages. */
export interface WorkerConfig extends Site {
  readonly workQueueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Where the ECS agent takes task protection; absent outside of a service. */
  readonly agentUri: string | undefined;
}

/** The environment is not one that a task can work with; the message names every variable that is wrong. */
export class TaskConfigError extends Error {
  override readonly name = "TaskConfigError";
}

/** @throws TaskConfigError naming all bad variables at once */
export function readTaskConfig(environment: NodeJS.ProcessEnv): TaskConfig {
  const env = parseEnvironment(RunEnvironment, environment);
  return Object.freeze({ ...siteOf(env), runId: env.SLIPWAY_RUN_ID });
}

/** @throws TaskConfigError naming all bad variables at once */
export function readWorkerConfig(environment: NodeJS.ProcessEnv): WorkerConfig {
  const env = parseEnvironment(WorkerEnvironment, environment);
  return Object.freeze({
    ...siteOf(env),
    workQueueUrl: env.SLIPWAY_WORK_QUEUE_URL,
    deadLetterQueueUrl: env.SLIPWAY_WORK_DEAD_LETTER_QUEUE_URL,
    agentUri: env.ECS_AGENT_URI,
  });
}

function siteOf(env: z.output<typeof Surroundings>): Site {
  return {
    stage: env.SLIPWAY_STAGE,
    pipeline: env.SLIPWAY_PIPELINE,
    jobsTable: env.SLIPWAY_JOBS_TABLE,
    uploadsBucket: env.SLIPWAY_UPLOADS_BUCKET,
    resultsBucket: env.SLIPWAY_RESULTS_BUCKET,
    taskEventsQueueUrl: env.SLIPWAY_TASK_EVENTS_QUEUE_URL,
    jobTimeoutMs: env.SLIPWAY_JOB_TIMEOUT_SECONDS * 1000,
    diskBytes: env.SLIPWAY_EPHEMERAL_STORAGE_GIB * bytesPerGiB,
    reads: env.SLIPWAY_READS,
    maxHops: env.SLIPWAY_MAX_HOPS,
    metadataUrl: env.ECS_CONTAINER_METADATA_URI_V4,
  };
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
