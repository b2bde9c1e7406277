import { GetQueueAttributesCommand, QueueDoesNotExist, SQSClient } from "@aws-sdk/client-sqs";
import { counted } from "#core/notices/mail-text.ts";
import { pipelineOfTaskDefinition } from "../pipeline-names.ts";
import { isAbsentStack } from "./stack-outputs.ts";
import { stackResources, type StackResource } from "./stack-resources.ts";

const WORK_QUEUE = /^(.+)WorkQueue$/;

const COUNTS = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const;

/**
 * A pipeline that the new configuration no longer has, or no longer feeds by a queue, takes its work queue with it, and whatever waits
 * there would be gone without a word. Its dead-letter queue holds no work: those jobs are on record as failed.
 * @returns what waits and what to do about it; undefined where the deploy strands nothing
 */
export async function waitingMessages(deploy: {
  /** The logical ids of the new template: by its name alone a queue of somebody's own cannot be told from ours. */
  readonly kept: readonly string[];
  readonly stage: string;
  readonly stackName: string;
  readonly region: string;
  /** Of the local cloud. */
  readonly endpoint?: string | undefined;
}): Promise<string | undefined> {
  const { kept, stage, region, endpoint } = deploy;
  const standing = await stackResources(deploy.stackName, region).catch((error: unknown) => {
    if (isAbsentStack(error)) return [];
    throw error;
  });
  const aws = endpoint === undefined ? "aws" : `aws --endpoint-url ${endpoint}`;
  const sqs = new SQSClient({ region });
  const sentences: string[] = [];
  for (const queue of standing.filter(
    (resource) => isWorkQueue(resource) && !kept.includes(resource.logicalId),
  )) {
    const messages = await messagesIn(queue.physicalId, sqs);
    if (messages === 0) continue;
    sentences.push(
      `The work queue of pipeline "${nameOf(queue, standing, stage)}", which this deploy would delete, still holds ${counted(messages, "message")}. Send no more to it and deploy again when its workers have finished them (workers of a paused pipeline take none: put it back into pipelines.ts and resume it); or throw them away: ${aws} sqs purge-queue --region ${region} --queue-url ${queue.physicalId}`,
    );
  }
  return sentences.length === 0 ? undefined : sentences.join("\n");
}

function isWorkQueue({ type, logicalId }: StackResource): boolean {
  return type === "AWS::SQS::Queue" && WORK_QUEUE.test(logicalId);
}

/** As the standing stack has it, for a logical id does not tell where the hyphens were. */
function nameOf({ logicalId }: StackResource, standing: readonly StackResource[], stage: string): string {
  const id = WORK_QUEUE.exec(logicalId)?.[1] ?? logicalId;
  const definition = standing.find((resource) => resource.logicalId === `${id}TaskDefinition`);
  return definition === undefined ? id : pipelineOfTaskDefinition(definition.physicalId, stage);
}

/** To be received, in the hands of a worker, or not due yet. A queue that somebody deleted by hand has none. */
async function messagesIn(queueUrl: string, sqs: SQSClient): Promise<number> {
  try {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...COUNTS] }),
    );
    return COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return 0;
    throw error;
  }
}
