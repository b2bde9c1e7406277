import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateQueueCommand,
  type MessageAttributeValue,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { type QueuesCloud, startQueues } from "./support/queues-cloud.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
describe("the attributes of a message", () => {
  let cloud: QueuesCloud;
  let QueueUrl: string | undefined;
  beforeAll(async () => {
    cloud = await startQueues();
    ({ QueueUrl } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: "attributes" })));
  });
  afterAll(() => cloud.stop());

  const text = (StringValue: string, DataType = "String") => ({ DataType, StringValue });
  const send = (MessageAttributes: Record<string, MessageAttributeValue>) =>
    cloud.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m", MessageAttributes }));

  test.each<[string, Record<string, MessageAttributeValue>]>([
    ["more than ten", Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, text("v")]))],
    ["a name that belongs to AWS", { "AWS.trace": text("v") }],
    ["a name that ends with a full stop", { "a.": text("v") }],
    ["a name with a space", { "a b": text("v") }],
    ["a type that there is not", { a: text("v", "Text") }],
    ["no value", { a: text("") }],
    ["a number that is none", { a: text("twelve", "Number") }],
  ])("are refused with %s", async (_, attributes) => {
    await expect(send(attributes)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  test("may have types of one's own, and binary values", async () => {
    const sent = send({
      id: text("12.5", "Number.float"),
      bytes: { DataType: "Binary.png", BinaryValue: new Uint8Array([1, 2, 3]) },
    });
    await expect(sent).resolves.toMatchObject({ MD5OfMessageAttributes: expect.any(String) });
  });

  test("make one message of a batch fail, not the others", async () => {
    const Entries = [
      { Id: "good", MessageBody: "m", MessageAttributes: { a: text("v") } },
      { Id: "bad", MessageBody: "m", MessageAttributes: { a: text("") } },
    ];
    expect(await cloud.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).toMatchObject({
      Successful: [{ Id: "good" }],
      Failed: [{ Id: "bad", Code: "InvalidParameterValue", SenderFault: true }],
    });
  });
});
