import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { SqsEndReports } from "#adapters/aws/sqs-end-reports.ts";
import { SqsWorkQueue } from "#adapters/aws/sqs-work-queue.ts";
import type { ReceivedMessage } from "#core/ports/work-queue.ts";
import { JobsEnded } from "#events/slipway/jobs-ended.ts";
import { LocalAws } from "./support/local-aws.ts";

let aws: LocalAws;
beforeAll(async () => {
  aws = await LocalAws.start();
});
afterAll(() => aws.stop());

let queues = 0;
async function aQueue(bodies: readonly string[] = []) {
  const queueUrl = await aws.createQueue(`work-${(queues += 1)}`);
  for (const MessageBody of bodies)
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
  const queue = new SqsWorkQueue({ client: aws.sqs, queueUrl });
  const receive = (change: { waitSeconds?: number; limit?: number; signal?: AbortSignal } = {}) =>
    queue.receive({
      limit: 10,
      waitSeconds: 0,
      visibilitySeconds: 300,
      signal: new AbortController().signal,
      ...change,
    });
  return { queueUrl, queue, receive };
}

async function counts(queueUrl: string): Promise<{ waiting: number; underWay: number }> {
  const { Attributes = {} } = await aws.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
  );
  return {
    waiting: Number(Attributes["ApproximateNumberOfMessages"]),
    underWay: Number(Attributes["ApproximateNumberOfMessagesNotVisible"]),
  };
}

const receipts = (messages: readonly ReceivedMessage[]) => messages.map(({ receipt }) => receipt);

describe("a work queue in SQS", () => {
  it("gives messages with what their sender said of them, and hides them from others", async () => {
    const { queueUrl, receive } = await aQueue();
    await aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: '{"a":"é 📷"}',
        MessageAttributes: { idempotencyKey: { DataType: "String", StringValue: "wish-1" } },
      }),
    );

    const [message] = await receive();

    expect(message).toMatchObject({ body: '{"a":"é 📷"}', idempotencyKey: "wish-1", receives: 1 });
    expect(await receive()).toEqual([]);
  });

  it("gives a message that was handed back once more, under another receipt and the same id", async () => {
    const { queue, receive } = await aQueue(["a"]);
    const [first] = await receive();

    expect(await queue.hide([first?.receipt ?? ""], 0)).toEqual([]);
    const [second] = await receive({ waitSeconds: 5 });

    expect(second).toMatchObject({ messageId: first?.messageId, receives: 2 });
    expect(second?.receipt).not.toBe(first?.receipt);
  });

  it("deletes any number, and takes those for deleted that are gone already", async () => {
    const { queueUrl, queue, receive } = await aQueue(Array.from({ length: 12 }, (_, index) => `m${index}`));
    const all = [...(await receive()), ...(await receive())];
    expect(await counts(queueUrl)).toEqual({ waiting: 0, underWay: 12 });

    await queue.delete(receipts(all));
    await queue.delete(receipts(all));

    expect(await counts(queueUrl)).toEqual({ waiting: 0, underWay: 0 });
  });

  it("says which receipts are good for nothing any more when it is to hide messages", async () => {
    const { queue, receive } = await aQueue(["a", "b"]);
    const all = await receive();
    await queue.delete([all[0]?.receipt ?? ""]);

    expect(await queue.hide(receipts(all), 60)).toEqual([all[0]?.receipt]);
  });

  it("ends a long poll that is no longer wanted", async () => {
    const { receive } = await aQueue();
    const unwanted = new AbortController();
    const polling = receive({ waitSeconds: 20, signal: unwanted.signal });

    unwanted.abort();

    expect(await polling).toEqual([]);
  });
});

describe("the report of ended jobs", () => {
  it("reaches track's queue in the shape that track reads", async () => {
    const queueUrl = await aws.createQueue("task-events");

    await new SqsEndReports({ client: aws.sqs, queueUrl }).send(["job-1", "job-2"]);

    const [message] = await aws.take(queueUrl, 1);
    expect(JobsEnded.parse(JSON.parse(message?.Body ?? ""))).toEqual({
      type: "jobs-ended",
      jobIds: ["job-1", "job-2"],
    });
  });
});
