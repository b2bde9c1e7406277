import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { EndReports } from "#core/ports/work-queue.ts";
import type { JobsEnded } from "#events/slipway/jobs-ended.ts";

export class SqsEndReports implements EndReports {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { client: SQSClient; queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async send(jobIds: readonly string[]): Promise<void> {
    const report: JobsEnded = { type: "jobs-ended", jobIds: [...jobIds] };
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(report) }),
    );
  }
}
