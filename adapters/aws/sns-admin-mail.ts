import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { AdminMail } from "#core/ports/messaging.ts";

/** SNS takes 262,144 bytes a message; room is left for its own words. */
const MAX_BODY_BYTES = 250_000;

export class SnsAdminMail implements AdminMail {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(options: { client: SNSClient; topicArn: string }) {
    this.#client = options.client;
    this.#topicArn = options.topicArn;
  }

  async send({ subject, body }: { subject: string; body: string }): Promise<void> {
    await this.#client.send(
      new PublishCommand({ TopicArn: this.#topicArn, Subject: subject, Message: cut(body) }),
    );
  }
}

function cut(body: string): string {
  const bytes = Buffer.from(body);
  return bytes.length <= MAX_BODY_BYTES ? body : `${bytes.subarray(0, MAX_BODY_BYTES).toString("utf8")}\n...`;
}
