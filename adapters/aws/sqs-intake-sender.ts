import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { IntakeSender } from "#core/ports/messaging.ts";

/** SendMessageBatch takes ten: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const BATCH = 10;
const TRIES = 3;

/** Some messages of a batch were refused at every try. */
export class IntakeSendError extends Error {
  override readonly name = "IntakeSendError";
}

export class SqsIntakeSender implements IntakeSender {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { client: SQSClient; queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async send(events: readonly unknown[]): Promise<void> {
    for (let start = 0; start < events.length; start += BATCH) {
      await this.#sendBatch(events.slice(start, start + BATCH).map(asciiJson));
    }
  }

  /** SQS answers 200 for a batch of which some messages failed; those are sent again. */
  async #sendBatch(bodies: readonly string[]): Promise<void> {
    let waiting = bodies;
    let refusal = "";
    for (let attempt = 0; attempt < TRIES && waiting.length > 0; attempt += 1) {
      const sending = waiting;
      const { Failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#queueUrl,
          Entries: sending.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
        }),
      );
      refusal = Failed[0]?.Message ?? Failed[0]?.Code ?? "";
      waiting = Failed.flatMap(({ Id }) => sending[Number(Id)] ?? []);
    }
    if (waiting.length > 0) {
      throw new IntakeSendError(`${waiting.length} messages were not taken by the intake queue: ${refusal}`);
    }
  }
}

/** Keys may hold characters that SQS does not take (U+FFFE); escaped, every message is plain ASCII. */
function asciiJson(event: unknown): string {
  return JSON.stringify(event).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
