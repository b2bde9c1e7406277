import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { randomUUID } from "node:crypto";
import type { WakeUps } from "#core/ports/messaging.ts";

/** One message group: so one dispatch at a time sees all pipelines. */
const MESSAGE_GROUP = "dispatch";
const WINDOW_MS = 2_000;

/**
 * Wakes dispatch over a FIFO queue. Of all wake-ups of one 2-second window SQS keeps one, by its deduplication id; the queue
 * delays it by more than the window, so none is swallowed by one that was read already. `unique` is for a queue without that delay.
 */
export class SqsWakeUps implements WakeUps {
  readonly #client: SQSClient;
  readonly #dispatchQueueUrl: string;
  readonly #wakeQueueUrl: string | undefined;
  readonly #deduplication: "window" | "unique";

  /** @param options.wakeQueueUrl the standard queue that carries delayed wake-ups; only who calls `later` needs it */
  constructor(options: {
    client: SQSClient;
    dispatchQueueUrl: string;
    wakeQueueUrl?: string;
    deduplication: "window" | "unique";
  }) {
    this.#client = options.client;
    this.#dispatchQueueUrl = options.dispatchQueueUrl;
    this.#wakeQueueUrl = options.wakeQueueUrl;
    this.#deduplication = options.deduplication;
  }

  async now(): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#dispatchQueueUrl,
        MessageBody: "wake",
        MessageGroupId: MESSAGE_GROUP,
        MessageDeduplicationId:
          this.#deduplication === "window" ? String(Math.floor(Date.now() / WINDOW_MS)) : randomUUID(),
      }),
    );
  }

  async later(seconds: number): Promise<void> {
    if (this.#wakeQueueUrl === undefined)
      throw new Error("This function was given no wake queue and cannot wake later.");
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#wakeQueueUrl, MessageBody: "wake", DelaySeconds: seconds }),
    );
  }
}
