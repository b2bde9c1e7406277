import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateQueueCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createQueuesService } from "#local/queues/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";

describe("SQS refuses", () => {
  let cloud: ServiceUnderTest<ReturnType<typeof createQueuesService>>;
  let sqs: SQSClient;
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
  beforeAll(async () => {
    cloud = await startOneService(createQueuesService, { clock });
    sqs = new SQSClient(cloud.client);
  });
  afterAll(async () => {
    sqs.destroy();
    await cloud.stop();
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html, "apply only to FIFO queues" */
  test.each([
    { FifoQueue: "false" },
    { ContentBasedDeduplication: "true" },
    { DeduplicationScope: "queue" },
    { FifoThroughputLimit: "perQueue" },
  ])("%j on a standard queue, when it is made and later", async (Attributes) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "standard" }));
    const refused = {
      name: "InvalidAttributeName",
      message: `Unknown Attribute ${Object.keys(Attributes)[0]}.`,
    };

    await expect(
      sqs.send(new CreateQueueCommand({ QueueName: "with-attributes", Attributes })),
    ).rejects.toMatchObject(refused);
    await expect(sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))).rejects.toMatchObject(
      refused,
    );
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html, MessageDeduplicationId */
  test("a deduplication id on a standard queue", async () => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "standard" }));
    const message = { QueueUrl, MessageBody: "m", MessageDeduplicationId: "d" };
    await expect(sqs.send(new SendMessageCommand(message))).rejects.toMatchObject({
      name: "InvalidParameterValue",
    });
  });

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
  test("a purge within a minute of another", async () => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "purged" }));
    const purge = () => sqs.send(new PurgeQueueCommand({ QueueUrl }));
    await purge();

    await expect(purge()).rejects.toMatchObject({ name: "PurgeQueueInProgress" });

    clock.aheadMs += 60_000;
    await expect(purge()).resolves.toBeDefined();
  });
});
