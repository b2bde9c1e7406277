import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  EventBridgeClient,
  CreateEventBusCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, type Message, PurgeQueueCommand } from "@aws-sdk/client-sqs";
import { EventBridgeAnnouncements } from "#adapters/aws/eventbridge-announcements.ts";
import { SnsAdminMail } from "#adapters/aws/sns-admin-mail.ts";
import { SqsIntakeSender } from "#adapters/aws/sqs-intake-sender.ts";
import { SqsQuarantine } from "#adapters/aws/sqs-quarantine.ts";
import { SqsTaskReports } from "#adapters/aws/sqs-task-reports.ts";
import { SqsWakeUps } from "#adapters/aws/sqs-wake-ups.ts";
import { MemoryMessaging } from "#adapters/memory/memory-messaging.ts";
import { JobFailed, JobSucceeded } from "#events/slipway/job-ended.ts";
import { JobsSettled } from "#events/slipway/jobs-settled.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import {
  adminMailContract,
  announcementsContract,
  intakeSenderContract,
  quarantineContract,
  taskReportsContract,
  wakeUpsContract,
} from "./messaging-contract.ts";
import { LocalAws } from "./support/local-aws.ts";
import { announced } from "../unit/support/announced.ts";

let aws: LocalAws;
beforeAll(async () => {
  aws = await LocalAws.start();
});
afterAll(() => aws.stop());

const messages = new MemoryMessaging();
/** Everything that came since the last look. */
const inMemory =
  <T>(list: T[]) =>
  async (): Promise<readonly T[]> =>
    list.splice(0);
const json = ({ Body = "null" }: Message): unknown => JSON.parse(Body);

async function attribute(
  queueUrl: string,
  name: "ApproximateNumberOfMessagesDelayed" | "QueueArn",
): Promise<string> {
  const { Attributes } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [name] }),
  );
  return Attributes?.[name] ?? "";
}

/** A bus whose events all go into a queue. */
async function aBusWithQueue(): Promise<{ client: EventBridgeClient; queueUrl: string }> {
  const client = new EventBridgeClient(aws.client);
  const allow = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: "*",
  };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
  const queueUrl = await aws.createQueue("from-the-bus", { Policy: policy });
  await client.send(new CreateEventBusCommand({ Name: "app" }));
  const pattern = JSON.stringify({ source: ["slipway"] });
  await client.send(new PutRuleCommand({ Name: "all", EventBusName: "app", EventPattern: pattern }));
  const target = { Id: "queue", Arn: await attribute(queueUrl, "QueueArn") };
  await client.send(new PutTargetsCommand({ Rule: "all", EventBusName: "app", Targets: [target] }));
  return { client, queueUrl };
}

/** Holds the event against the published language, and names it. */
function nameOf(event: unknown): string {
  const { "detail-type": type } = event as { "detail-type": string };
  if (type === "Run Stopped") return `${type} ${RunStopped.parse(event).detail.runId}`;
  return `${type} ${(type === "Job Failed" ? JobFailed : JobSucceeded).parse(event).detail.jobId}`;
}

describe("wake-ups over SQS", () => {
  wakeUpsContract(async () => {
    const dispatchQueueUrl = await aws.createQueue("dispatch.fifo", { FifoQueue: "true" });
    const wakeQueueUrl = await aws.createQueue("wake");
    return {
      port: new SqsWakeUps({ client: aws.sqs, dispatchQueueUrl, wakeQueueUrl, deduplication: "unique" }),
      async received() {
        const delayed = Number(await attribute(wakeQueueUrl, "ApproximateNumberOfMessagesDelayed"));
        if (delayed > 0) {
          await aws.sqs.send(new PurgeQueueCommand({ QueueUrl: wakeQueueUrl }));
          return Array.from({ length: delayed }, () => 900);
        }
        return (await aws.take(dispatchQueueUrl, 1)).map(() => 0);
      },
    };
  });

  it("are one message for each window of two seconds, where the queue tells doubles by it", async () => {
    const dispatchQueueUrl = await aws.createQueue("windows.fifo", { FifoQueue: "true" });
    const wakeUps = new SqsWakeUps({ client: aws.sqs, dispatchQueueUrl, deduplication: "window" });

    await Promise.all(Array.from({ length: 20 }, () => wakeUps.now()));

    // Twenty calls may see the end of one window.
    expect((await aws.take(dispatchQueueUrl, 1)).length).toBeLessThanOrEqual(2);
  });

  it("cannot be delayed by a function that was given no queue for it", async () => {
    const wakeUps = new SqsWakeUps({
      client: aws.sqs,
      dispatchQueueUrl: "http://127.0.0.1/none",
      deduplication: "window",
    });

    await expect(wakeUps.later(5)).rejects.toThrow("no wake queue");
  });
});

describe("wake-ups in memory", () => {
  wakeUpsContract(async () => ({
    port: messages,
    received: async () => messages.wakeUps.splice(0).map(({ afterSeconds }) => afterSeconds),
  }));

  it.each([0, 901])("refuse a delay of %i seconds, which SQS does not have", async (seconds) => {
    await expect(messages.later(seconds)).rejects.toThrow("1 to 900");
  });
});

describe("announcements on EventBridge", () => {
  announcementsContract(async () => {
    const { client, queueUrl } = await aBusWithQueue();
    return {
      port: new EventBridgeAnnouncements({ client, busName: "app" }),
      received: async (count) => (await aws.take(queueUrl, count)).map(json).map(nameOf),
    };
  });
});

describe("announcements in memory", () => {
  announcementsContract(async () => ({
    port: messages,
    received: async () => messages.announcements.splice(0).map((told) => announced(told)),
  }));
});

describe("the quarantine in SQS", () => {
  quarantineContract(async () => {
    const queueUrl = await aws.createQueue("dead-letters");
    return {
      port: new SqsQuarantine({ client: aws.sqs, queueUrl }),
      received: async (count) =>
        (await aws.take(queueUrl, count)).map(({ Body = "", MessageAttributes = {} }) => ({
          body: Body,
          reason: MessageAttributes["reason"]?.StringValue ?? "",
          messageId: MessageAttributes["originalMessageId"]?.StringValue ?? "",
        })),
    };
  });
});

describe("the quarantine in memory", () => {
  quarantineContract(async () => ({ port: messages, received: inMemory(messages.quarantined) }));
});

describe("reports over SQS", () => {
  taskReportsContract(async () => {
    const queueUrl = await aws.createQueue("task-events");
    return {
      port: new SqsTaskReports({ client: aws.sqs, queueUrl }),
      received: async (count) =>
        (await aws.take(queueUrl, count)).map(json).map((body) => JobsSettled.parse(body)),
    };
  });
});

describe("reports in memory", () => {
  taskReportsContract(async () => ({ port: messages, received: inMemory(messages.reports) }));
});

describe("mail over SNS", () => {
  adminMailContract(async () => {
    const client = new SNSClient(aws.client);
    const { TopicArn: topicArn = "" } = await client.send(new CreateTopicCommand({ Name: "admins" }));
    await client.send(
      new SubscribeCommand({ TopicArn: topicArn, Protocol: "email", Endpoint: "admin@example.org" }),
    );
    return {
      port: new SnsAdminMail({ client, topicArn }),
      received: async () =>
        (await aws.cloud.control("topics", "outbox")) as { subject: string; body: string }[],
    };
  });
});

describe("mail in memory", () => {
  adminMailContract(async () => ({ port: messages, received: inMemory(messages.mails) }));
});

describe("the way to intake over SQS", () => {
  intakeSenderContract(async () => {
    const queueUrl = await aws.createQueue("intake");
    return {
      port: new SqsIntakeSender({ client: aws.sqs, queueUrl }),
      received: async (count) => (await aws.take(queueUrl, count)).map(json),
    };
  });
});

describe("the way to intake in memory", () => {
  intakeSenderContract(async () => ({ port: messages, received: inMemory(messages.triggers) }));
});
