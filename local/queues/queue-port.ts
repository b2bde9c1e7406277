import type { QueuePort, ReceivedMessage } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { FauxqsCall } from "./fauxqs-actions.ts";
import type { QueuedMessage } from "./message.ts";
import type { Queue } from "./queue.ts";
import type { QueueStore } from "./queue-store.ts";

/** Queues for the other services of the cloud, which have been allowed already. */
export function createQueuePort(store: QueueStore, call: FauxqsCall): QueuePort {
  const queueOf = (arn: string): Queue => {
    const queue = store.byArn(arn);
    if (queue !== undefined) return queue;
    throw new AwsError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");
  };
  return {
    async send(arn, message) {
      const attributes = Object.entries(message.attributes ?? {}).map(([name, value]) => [
        name,
        { DataType: value.dataType, StringValue: value.stringValue },
      ]);
      const answer = await call("SendMessage", {
        QueueUrl: queueOf(arn).url,
        MessageBody: message.body,
        MessageAttributes: Object.fromEntries(attributes) as Record<string, unknown>,
        MessageGroupId: message.groupId,
        MessageDeduplicationId: message.deduplicationId,
      });
      if (answer.status !== 200) {
        const code = String(answer.document["__type"]).replace(/^.*#/, "");
        throw new AwsError(code, String(answer.document["message"]), answer.status);
      }
    },

    async receive(arn, { max, waitMs, visibilityMs, signal }) {
      const queue = queueOf(arn);
      const until = Date.now() + waitMs;
      for (;;) {
        if (signal.aborted) return [];
        const received = queue.receive(max, visibilityMs, (target) => store.byArn(target));
        if (received.length > 0) return received.map(described);
        const leftMs = until - Date.now();
        if (leftMs <= 0) return [];
        await queue.wait(leftMs, signal);
        if (store.byArn(arn) !== queue) queueOf(arn);
      }
    },

    async delete(arn, handles) {
      for (const handle of handles) queueOf(arn).delete(handle);
    },

    async changeVisibility(arn, handles, visibilityMs) {
      for (const handle of handles) queueOf(arn).changeVisibility(handle, visibilityMs);
    },

    attributes: async (arn) => queueOf(arn).allAttributes(),
  };
}

function described(message: QueuedMessage): ReceivedMessage {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle ?? "",
    body: message.body,
    md5OfBody: message.md5OfBody,
    messageAttributes: message.messageAttributes,
    attributes: systemAttributes(message),
  };
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html, MessageSystemAttributeNames */
export function systemAttributes(message: QueuedMessage): Record<string, string> {
  const optional = {
    MessageGroupId: message.messageGroupId,
    MessageDeduplicationId: message.messageDeduplicationId,
    SequenceNumber: message.sequenceNumber,
    DeadLetterQueueSourceArn: message.deadLetterSource,
  };
  const present = Object.entries(optional).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    SenderId: "000000000000",
    SentTimestamp: String(message.sentTimestamp),
    ApproximateReceiveCount: String(message.approximateReceiveCount),
    ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp),
    ...Object.fromEntries(present),
  };
}
