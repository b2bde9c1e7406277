import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { z } from "zod";
import type { DeployedService } from "./deployed-service.ts";
import { eventually } from "./eventually.ts";

const SeenEvent = z.object({
  id: z.string(),
  "detail-type": z.string(),
  source: z.string(),
  detail: z.record(z.string(), z.any()),
});

/** An event as a target gets it. */
export type SeenEvent = z.infer<typeof SeenEvent>;

const QUEUE_NAME = "witness";

/** Who subscribes to what goes over the buses, as any application of the account might: by a rule to a queue. */
export class Witness {
  readonly #service: DeployedService;
  readonly #queueUrl: string;
  readonly #seen: SeenEvent[] = [];

  private constructor(service: DeployedService, queueUrl: string) {
    this.#service = service;
    this.#queueUrl = queueUrl;
  }

  static async post(service: DeployedService): Promise<Witness> {
    const { sqs, events, outputs } = service;
    const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: QUEUE_NAME }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }),
    );
    const queueArn = Attributes?.["QueueArn"] ?? "";
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: openTo(queueArn) } }));
    const watched = [
      { bus: outputs.EventBus, source: ["slipway"] },
      { bus: "default", source: ["aws.s3", "aws.ecs"] },
    ];
    for (const { bus, source } of watched) {
      const rule = { Name: QUEUE_NAME, EventBusName: bus, EventPattern: JSON.stringify({ source }) };
      await events.send(new PutRuleCommand(rule));
      const target = { Id: QUEUE_NAME, Arn: queueArn };
      await events.send(new PutTargetsCommand({ Rule: QUEUE_NAME, EventBusName: bus, Targets: [target] }));
    }
    return new Witness(service, QueueUrl);
  }

  /** The events so far that are what is looked for. */
  async soFar(isIt: (event: SeenEvent) => boolean): Promise<SeenEvent[]> {
    await this.#collect();
    return this.#seen.filter(isIt);
  }

  /** Waits until at least one of the events so far is what is looked for. @returns all that are */
  async saw(what: string, isIt: (event: SeenEvent) => boolean): Promise<SeenEvent[]> {
    return eventually(
      `the event ${what}`,
      () => this.soFar(isIt),
      (found) => found.length > 0,
    );
  }

  /** The events of S3 for an object. */
  async uploadEvents(key: string): Promise<SeenEvent[]> {
    return this.saw(
      `Object Created of ${key}`,
      ({ source, detail }) => source === "aws.s3" && detail["object"]?.key === key,
    );
  }

  /** What the service published of a job. */
  async jobEvents(jobId: string): Promise<SeenEvent[]> {
    return this.saw(
      `about job ${jobId}`,
      ({ source, detail }) => source === "slipway" && detail["jobId"] === jobId,
    );
  }

  /** What ECS told of a task, by rising version, once it has told that it stopped. */
  async taskEvents(taskArn: string): Promise<SeenEvent[]> {
    const isOfTask = ({ source, detail }: SeenEvent) => source === "aws.ecs" && detail["taskArn"] === taskArn;
    await this.saw(
      `STOPPED of ${taskArn}`,
      (event) => isOfTask(event) && event.detail["lastStatus"] === "STOPPED",
    );
    return this.#seen.filter(isOfTask).sort((a, b) => a.detail["version"] - b.detail["version"]);
  }

  async #collect(): Promise<void> {
    const { sqs } = this.#service;
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return;
      this.#seen.push(...Messages.map(({ Body = "" }) => SeenEvent.loose().parse(JSON.parse(Body))));
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries }));
    }
  }
}

function openTo(queueArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
      },
    ],
  });
}
