import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from "@aws-sdk/client-sqs";
import type { DeployedService } from "./deployed-service.ts";
import { eventually } from "./eventually.ts";

const MAX_BATCH = 10;

/** Sends messages to a queue, in batches, in this order. */
export async function send(
  service: DeployedService,
  queueUrl: string,
  bodies: readonly string[],
): Promise<void> {
  for (let start = 0; start < bodies.length; start += MAX_BATCH) {
    const Entries = bodies
      .slice(start, start + MAX_BATCH)
      .map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    const { Failed = [] } = await service.sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
    );
    if (Failed.length > 0) throw new Error(`SQS took not all: ${JSON.stringify(Failed)}`);
  }
}

/** How many messages wait in a queue or are worked on. */
export async function depth(service: DeployedService, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await service.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  return (
    Number(Attributes["ApproximateNumberOfMessages"]) +
    Number(Attributes["ApproximateNumberOfMessagesNotVisible"]) +
    Number(Attributes["ApproximateNumberOfMessagesDelayed"])
  );
}

/** Waits until a queue's messages are all worked on. */
export async function drained(service: DeployedService, queueUrl: string): Promise<void> {
  await eventually(
    `${queueUrl} is empty`,
    () => depth(service, queueUrl),
    (count) => count === 0,
  );
}

/** Looks into a queue without taking anything from it. */
export async function messagesIn(service: DeployedService, queueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await service.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: MAX_BATCH,
      VisibilityTimeout: 0,
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages;
}
