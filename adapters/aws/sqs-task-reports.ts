import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { TaskReports } from "#core/ports/messaging.ts";
import type { JobsSettled } from "#events/slipway/jobs-settled.ts";

export class SqsTaskReports implements TaskReports {
  readonly #client: SQSClient;
  readonly #queueUrl: string;

  constructor(options: { client: SQSClient; queueUrl: string }) {
    this.#client = options.client;
    this.#queueUrl = options.queueUrl;
  }

  async send({ runId, jobIds }: Parameters<TaskReports["send"]>[0]): Promise<void> {
    const report: JobsSettled = { type: "jobs-settled", runId, jobIds: [...jobIds] };
    await this.#client.send(
      new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(report) }),
    );
  }
}
