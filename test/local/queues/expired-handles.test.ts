import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { type QueuesCloud, startQueues } from "./support/queues-cloud.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
describe("a receipt handle whose visibility timeout is over", () => {
  let cloud: QueuesCloud;
  beforeAll(async () => {
    cloud = await startQueues();
  });
  afterAll(() => cloud.stop());

  /** A message that was received, and whose 30 seconds are over. */
  async function expired(QueueName: string): Promise<{ QueueUrl: string; ReceiptHandle: string }> {
    const isFifo = QueueName.endsWith(".fifo");
    const { QueueUrl = "" } = await cloud.sqs.send(
      new CreateQueueCommand({ QueueName, Attributes: isFifo ? { FifoQueue: "true" } : {} }),
    );
    const order = isFifo ? { MessageGroupId: "g", MessageDeduplicationId: "d" } : {};
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "m", ...order }));
    const { Messages } = await cloud.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    cloud.clock.aheadMs += 31_000;
    return { QueueUrl, ReceiptHandle: String(Messages?.[0]?.ReceiptHandle) };
  }
  const countOf = async (QueueUrl: string) =>
    (await cloud.sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.length ?? 0;

  test("deletes nothing from a FIFO queue, and says so", async () => {
    const { QueueUrl, ReceiptHandle } = await expired("ordered.fifo");

    await expect(cloud.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))).rejects.toMatchObject(
      {
        name: "InvalidParameterValue",
        message: expect.stringContaining("Reason: The receipt handle has expired."),
      },
    );
    const batch = new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: "1", ReceiptHandle }] });
    expect(await cloud.sqs.send(batch)).toMatchObject({ Failed: [{ Id: "1", SenderFault: true }] });

    expect(await countOf(QueueUrl)).toBe(1);
  });

  test("deletes from a FIFO queue nothing for the cloud's own consumers either", async () => {
    const { QueueUrl, ReceiptHandle } = await expired("consumed.fifo");

    await cloud.service.port.delete("arn:aws:sqs:us-east-1:000000000000:consumed.fifo", [ReceiptHandle]);

    expect(await countOf(QueueUrl)).toBe(1);
  });

  test("still deletes from a standard queue, where nobody else received the message", async () => {
    const { QueueUrl, ReceiptHandle } = await expired("plain");

    await cloud.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

    expect(await countOf(QueueUrl)).toBe(0);
  });
});
