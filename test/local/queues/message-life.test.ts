import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  ListMessageMoveTasksCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let test: CloudUnderTest;
let sqs: SQSClient;

beforeAll(async () => {
  test = await startWholeCloud();
  sqs = new SQSClient(test.client());
});

afterAll(async () => {
  sqs.destroy();
  await test.end();
});

/** A new queue; `name` says what the test is about. */
async function aQueue(name: string, attributes: Record<string, string> = {}): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  return String(QueueUrl);
}

async function receive(
  url: string,
  options: { max?: number; wait?: number } = {},
): Promise<{ body: string; handle: string; count: string }[]> {
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: options.max ?? 10,
      WaitTimeSeconds: options.wait ?? 0,
      MessageSystemAttributeNames: ["All"],
    }),
  );
  return (Messages ?? []).map((message) => ({
    body: String(message.Body),
    handle: String(message.ReceiptHandle),
    count: String(message.Attributes?.["ApproximateReceiveCount"]),
  }));
}

const bodies = (messages: readonly { body: string }[]) => messages.map((message) => message.body);

/**
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
describe("a standard queue", () => {
  it("hides a received message until its visibility timeout is over and counts each receive", async () => {
    const url = await aQueue("visibility", { VisibilityTimeout: "60" });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "once" }));

    const first = await receive(url);
    const hidden = await receive(url);
    test.cloud.advanceClock(61_000);
    const again = await receive(url);

    expect(first).toMatchObject([{ body: "once", count: "1" }]);
    expect(hidden).toEqual([]);
    expect(again).toMatchObject([{ body: "once", count: "2" }]);
  });

  it("forgets a message only by a delete", async () => {
    const url = await aQueue("delete", { VisibilityTimeout: "60" });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "gone" }));
    const [message] = await receive(url);

    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.handle }));
    test.cloud.advanceClock(61_000);

    expect(await receive(url)).toEqual([]);
  });

  it("shows a message at once when its visibility is set to 0", async () => {
    const url = await aQueue("release");
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "back" }));
    const [message] = await receive(url);

    await sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: message?.handle,
        VisibilityTimeout: 0,
      }),
    );

    expect(bodies(await receive(url))).toEqual(["back"]);
  });

  it("keeps a delayed message back until its delay is over", async () => {
    const url = await aQueue("delay");
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "later", DelaySeconds: 900 }));

    const early = await receive(url);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    test.cloud.advanceClock(900_000);

    expect(early).toEqual([]);
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "1",
    });
    expect(bodies(await receive(url))).toEqual(["later"]);
  });

  it("drops what is older than the retention period", async () => {
    const url = await aQueue("retention", { MessageRetentionPeriod: "60" });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "old" }));

    test.cloud.advanceClock(61_000);

    expect(await receive(url)).toEqual([]);
  });

  it("answers a long poll when a message comes", async () => {
    const url = await aQueue("long-poll");

    const polled = receive(url, { wait: 20 });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "here" }));

    expect(bodies(await polled)).toEqual(["here"]);
  });

  it("moves a message to the dead-letter queue when it was received maxReceiveCount times, and back by a move task", async () => {
    const dead = await aQueue("dead");
    const url = await aQueue("source", {
      VisibilityTimeout: "1",
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead",
        maxReceiveCount: 2,
      }),
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "poison" }));

    const counts: string[] = [];
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      counts.push(...(await receive(url)).map((message) => message.count));
      test.cloud.advanceClock(1_001);
    }
    const third = await receive(url);
    const deadLetters = await receive(dead);

    expect(counts).toEqual(["1", "2"]);
    expect(third).toEqual([]);
    expect(bodies(deadLetters)).toEqual(["poison"]);

    test.cloud.advanceClock(31_000);
    const source = "arn:aws:sqs:us-east-1:000000000000:dead";
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: source }));
    const { Results } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: source }));

    expect(Results).toMatchObject([{ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1 }]);
    expect(await receive(url)).toMatchObject([{ body: "poison", count: "1" }]);
  });

  it("answers a batch entry by entry", async () => {
    const url = await aQueue("batch");

    const answer = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: "good", MessageBody: "good" },
          { Id: "bad", MessageBody: "\u0000" },
        ],
      }),
    );

    expect(answer.Successful?.map((entry) => entry.Id)).toEqual(["good"]);
    expect(answer.Failed).toMatchObject([{ Id: "bad", Code: "InvalidMessageContents", SenderFault: true }]);
    expect(bodies(await receive(url))).toEqual(["good"]);
  });

  it("gives message attributes only to those who ask for them", async () => {
    const url = await aQueue("attributes");
    const attributes = { kind: { DataType: "String", StringValue: "x" } };
    await sqs.send(
      new SendMessageCommand({ QueueUrl: url, MessageBody: "m", MessageAttributes: attributes }),
    );

    const silent = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, VisibilityTimeout: 0 }));
    const asked = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MessageAttributeNames: ["All"], WaitTimeSeconds: 1 }),
    );

    expect(silent.Messages?.[0]?.MessageAttributes).toBeUndefined();
    expect(asked.Messages?.[0]?.MessageAttributes).toEqual(attributes);
  });
});

/**
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html
 */
describe("a FIFO queue", () => {
  const fifo = { FifoQueue: "true", VisibilityTimeout: "60" };
  const send = (url: string, body: string, group: string, id = body) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: id,
      }),
    );

  it("gives out no more of a message group while one of it is in flight", async () => {
    const url = await aQueue("groups.fifo", fifo);
    for (const body of ["a1", "a2"]) await send(url, body, "a");
    await send(url, "b1", "b");

    const first = await receive(url, { max: 1 });
    const second = await receive(url);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first[0]?.handle }));
    const third = await receive(url);

    expect(bodies(first)).toEqual(["a1"]);
    expect(bodies(second)).toEqual(["b1"]);
    expect(bodies(third)).toEqual(["a2"]);
  });

  it("gives several of one group in one receive, in order", async () => {
    const url = await aQueue("order.fifo", fifo);
    for (const body of ["1", "2", "3"]) await send(url, body, "only");

    expect(bodies(await receive(url))).toEqual(["1", "2", "3"]);
  });

  it("puts a message that was not deleted back before those behind it", async () => {
    const url = await aQueue("again.fifo", fifo);
    for (const body of ["1", "2"]) await send(url, body, "only");
    await receive(url, { max: 1 });

    test.cloud.advanceClock(61_000);

    expect(bodies(await receive(url))).toEqual(["1", "2"]);
  });

  it("takes a deduplication id once in five minutes, also after its message was deleted", async () => {
    const url = await aQueue("deduplication.fifo", fifo);
    const first = await send(url, "x", "g", "same");
    const [message] = await receive(url);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.handle }));

    test.cloud.advanceClock(299_000);
    const duplicate = await send(url, "x", "g", "same");
    const early = await receive(url);
    test.cloud.advanceClock(2_000);
    await send(url, "x", "g", "same");

    expect(duplicate.MessageId).toBe(first.MessageId);
    expect(early).toEqual([]);
    expect(bodies(await receive(url))).toEqual(["x"]);
  });

  it("wants a group and refuses a delay of one message", async () => {
    const url = await aQueue("refusals.fifo", { ...fifo, ContentBasedDeduplication: "true" });

    await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "m" }))).rejects.toMatchObject(
      {
        name: "MissingParameter",
      },
    );
    await expect(
      sqs.send(
        new SendMessageCommand({ QueueUrl: url, MessageBody: "m", MessageGroupId: "g", DelaySeconds: 5 }),
      ),
    ).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});
