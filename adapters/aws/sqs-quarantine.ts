import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Quarantine } from "#core/ports/messaging.ts";

/** SQS takes only these characters of XML 1.0 in a body or attribute. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
// oxlint-disable-next-line no-control-regex -- it names the characters that are not allowed
const NOT_ALLOWED = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const MAX_REASON_LENGTH = 1_000;

/** The dead-letter queue, with the reason as the message attribute `reason`. */
export class SqsQuarantine implements Quarantine {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { client: SQSClient; queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async set({ body, reason, messageId }: Parameters<Quarantine["set"]>[0]): Promise<void> {
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: allowed(body) || " ",
        MessageAttributes: {
          reason: {
            DataType: "String",
            StringValue: allowed(reason).slice(0, MAX_REASON_LENGTH) || "unknown",
          },
          originalMessageId: { DataType: "String", StringValue: messageId },
        },
      }),
    );
  }
}

function allowed(text: string): string {
  return text.replace(NOT_ALLOWED, "\u{fffd}");
}
