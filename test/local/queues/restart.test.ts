import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let test: CloudUnderTest;

beforeAll(async () => {
  test = await startWholeCloud();
});

afterAll(() => test.end());

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
describe("queues over a restart of the cloud", () => {
  it("keep their attributes, tags, messages, receive counts and deduplication", async () => {
    const before = new SQSClient(test.client());
    const { QueueUrl: url } = await before.send(
      new CreateQueueCommand({
        QueueName: "kept.fifo",
        Attributes: { FifoQueue: "true", VisibilityTimeout: "77" },
        tags: { team: "media" },
      }),
    );
    const send = (sqs: SQSClient, body: string) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageGroupId: "g",
          MessageDeduplicationId: body,
        }),
      );
    const sent = await send(before, "first");
    await send(before, "second");
    await before.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 1 }));

    await test.restart();
    const after = new SQSClient(test.client());
    const repeated = await send(after, "first");
    const blocked = await after.send(new ReceiveMessageCommand({ QueueUrl: url }));
    test.cloud.advanceClock(78_000);
    const received = await after.send(
      new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
      }),
    );
    const { Attributes } = await after.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    const { Tags } = await after.send(new ListQueueTagsCommand({ QueueUrl: url }));

    expect(Attributes).toMatchObject({ VisibilityTimeout: "77", FifoQueue: "true" });
    expect(Tags).toEqual({ team: "media" });
    expect(repeated.MessageId).toBe(sent.MessageId);
    expect(blocked.Messages).toBeUndefined();
    expect(
      received.Messages?.map((message) => [message.Body, message.Attributes?.["ApproximateReceiveCount"]]),
    ).toEqual([
      ["first", "2"],
      ["second", "1"],
    ]);
    before.destroy();
    after.destroy();
  });
});
