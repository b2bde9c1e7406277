import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { ReceivedMessage, WorkQueue } from "#core/ports/work-queue.ts";

/** Of one batch call. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html */
const BATCH = 10;
const TRIES = 3;
const IDEMPOTENCY_KEY = "idempotencyKey";

/** The sender is not at fault here: the receipt is of a message that is visible again, or gone. */
const isGone = ({ Code = "" }: { Code?: string | undefined }) =>
  Code.includes("ReceiptHandleIsInvalid") ||
  Code.includes("MessageNotInflight") ||
  Code.includes("InvalidParameterValue");

export class SqsWorkQueue implements WorkQueue {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { client: SQSClient; queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async receive(query: Parameters<WorkQueue["receive"]>[0]): Promise<ReceivedMessage[]> {
    try {
      const { Messages = [] } = await this.#client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.#queueUrl,
          MaxNumberOfMessages: query.limit,
          WaitTimeSeconds: query.waitSeconds,
          VisibilityTimeout: query.visibilitySeconds,
          MessageAttributeNames: [IDEMPOTENCY_KEY],
          MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        }),
        // A long poll takes longer than any other call may.
        { abortSignal: query.signal, requestTimeout: (query.waitSeconds + BATCH) * 1000 },
      );
      return Messages.map(messageOf);
    } catch (error) {
      if (query.signal.aborted) return [];
      throw error;
    }
  }

  async hide(receipts: readonly string[], seconds: number): Promise<readonly string[]> {
    const gone: string[] = [];
    for (const some of batches(receipts)) {
      const { Failed = [] } = await this.#client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: some.map((ReceiptHandle, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
      gone.push(...Failed.filter(isGone).flatMap(({ Id }) => some[Number(Id)] ?? []));
      const other = Failed.find((failure) => !isGone(failure));
      if (other !== undefined) throw new Error(`SQS did not hide a message: ${other.Message ?? other.Code}`);
    }
    return gone;
  }

  async delete(receipts: readonly string[]): Promise<void> {
    for (const some of batches(receipts)) await this.#deleteBatch(some);
  }

  /** SQS answers 200 for a batch of which some failed; those are deleted again. */
  async #deleteBatch(receipts: readonly string[]): Promise<void> {
    let waiting = receipts;
    let refusal = "";
    for (let attempt = 0; attempt < TRIES && waiting.length > 0; attempt += 1) {
      const deleting = waiting;
      const { Failed = [] } = await this.#client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: deleting.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
        }),
      );
      const left = Failed.filter((failure) => !isGone(failure));
      refusal = left[0]?.Message ?? left[0]?.Code ?? "";
      waiting = left.flatMap(({ Id }) => deleting[Number(Id)] ?? []);
    }
    if (waiting.length > 0) throw new Error(`SQS did not delete ${waiting.length} messages: ${refusal}`);
  }
}

function messageOf({
  MessageId,
  Body,
  ReceiptHandle,
  Attributes,
  MessageAttributes,
}: Message): ReceivedMessage {
  const idempotencyKey = MessageAttributes?.[IDEMPOTENCY_KEY]?.StringValue;
  return {
    messageId: MessageId ?? "",
    body: Body ?? "",
    receipt: ReceiptHandle ?? "",
    receives: Number(Attributes?.["ApproximateReceiveCount"] ?? 1),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function batches(receipts: readonly string[]): string[][] {
  const count = Math.ceil(receipts.length / BATCH);
  return Array.from({ length: count }, (_, index) => receipts.slice(index * BATCH, (index + 1) * BATCH));
}
