import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { type QueuesCloud, startQueues } from "./support/queues-cloud.ts";

describe("SQS refuses", () => {
  let cloud: QueuesCloud;
  beforeAll(async () => {
    cloud = await startQueues();
  });
  afterAll(() => cloud.stop());

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, "apply only to FIFO queues" */
  test.each([
    { FifoQueue: "false" },
    { ContentBasedDeduplication: "true" },
    { DeduplicationScope: "queue" },
    { FifoThroughputLimit: "perQueue" },
  ])("%j on a standard queue, when it is made and later", async (Attributes) => {
    const { QueueUrl } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: "standard" }));
    const refused = {
      name: "InvalidAttributeName",
      message: `Unknown Attribute ${Object.keys(Attributes)[0]}.`,
    };

    await expect(
      cloud.sqs.send(new CreateQueueCommand({ QueueName: "with-attributes", Attributes })),
    ).rejects.toMatchObject(refused);
    await expect(
      cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })),
    ).rejects.toMatchObject(refused);
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, MessageDeduplicationId */
  test("a deduplication id on a standard queue", async () => {
    const { QueueUrl } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: "standard" }));
    const message = { QueueUrl, MessageBody: "m", MessageDeduplicationId: "d" };
    await expect(cloud.sqs.send(new SendMessageCommand(message))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html, Errors */
  test("a queue of the same name and other attributes", async () => {
    const create = (DelaySeconds: string) =>
      cloud.sqs.send(new CreateQueueCommand({ QueueName: "named", Attributes: { DelaySeconds } }));
    await create("1");

    await expect(create("1")).resolves.toBeDefined();
    await expect(create("2")).rejects.toMatchObject({ name: "QueueNameExists" });
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
  test("a purge within a minute of another", async () => {
    const { QueueUrl } = await cloud.sqs.send(new CreateQueueCommand({ QueueName: "purged" }));
    const purge = () => cloud.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    await purge();

    await expect(purge()).rejects.toMatchObject({ name: "PurgeQueueInProgress" });

    cloud.clock.aheadMs += 60_000;
    await expect(purge()).resolves.toBeDefined();
  });
});
