import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { logicalName } from "./pipeline-names.ts";
import { FOURTEEN_DAYS_SECONDS, queueWithDeadLetters } from "./queues.ts";
import {
  allow,
  arnOf,
  localArn,
  ref,
  type Intrinsic,
  type Outputs,
  type Resources,
  type Statement,
} from "./template.ts";

/** The queue of a pipeline whose source is one, what its task is told of it, and what it may do with it. */

/** Who retries is the worker, by the pipeline's policy; this is for messages that no worker could even record. */
const MOST_RECEIVES = 100;

export const workQueueId = ({ name }: Pipeline): string => `${logicalName(name)}WorkQueue`;
const deadLetterQueueId = ({ name }: Pipeline): string => `${logicalName(name)}WorkDeadLetterQueue`;

export function workQueue({ name, worker }: Pipeline): Resources {
  if (worker === undefined) return {};
  return queueWithDeadLetters({
    name: `${logicalName(name)}Work`,
    visibilitySeconds: worker.visibilitySeconds,
    maxReceives: MOST_RECEIVES,
    retentionSeconds: FOURTEEN_DAYS_SECONDS,
  });
}

/** For applications that send, and for those who look. */
export function workerOutputs(pipeline: Pipeline): Outputs {
  if (pipeline.worker === undefined) return {};
  return {
    [`${workQueueId(pipeline)}Url`]: { Value: ref(workQueueId(pipeline)) },
    [`${deadLetterQueueId(pipeline)}Url`]: { Value: ref(deadLetterQueueId(pipeline)) },
  };
}

export function workerEnvironment(pipeline: Pipeline): Record<string, string | Intrinsic> {
  const { worker, source } = pipeline;
  if (worker === undefined) return {};
  return {
    SLIPWAY_WORK_QUEUE_URL: ref(workQueueId(pipeline)),
    SLIPWAY_WORK_DEAD_LETTER_QUEUE_URL: ref(deadLetterQueueId(pipeline)),
    ...(source.type === "queue" && source.reads !== undefined ? { SLIPWAY_READS: source.reads } : {}),
  };
}

/** Its own queue, and the protection of its tasks; which task of the cluster one is, is not known before it runs. */
export function workerStatements(pipeline: Pipeline): Statement[] {
  if (pipeline.worker === undefined) return [];
  return [
    allow(
      ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:ReceiveMessage"],
      arnOf(workQueueId(pipeline)),
    ),
    allow("sqs:SendMessage", arnOf(deadLetterQueueId(pipeline))),
    allow(["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"], localArn("ecs", "task/${Cluster}/*")),
  ];
}
