import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createQueuesService, type QueuesService } from "#local/queues/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";

const ARN = "arn:aws:sqs:us-east-1:000000000000:jobs";

let test: ServiceUnderTest<QueuesService>;

beforeEach(async () => {
  test = await startOneService(createQueuesService);
  const sqs = new SQSClient(test.client);
  await sqs.send(new CreateQueueCommand({ QueueName: "jobs" }));
  sqs.destroy();
});

afterEach(() => test.stop());

const poll = (signal: AbortSignal, waitMs: number) =>
  test.service.port.receive(ARN, { max: 10, waitMs, visibilityMs: 30_000, signal });

/**
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
describe("the queue port", () => {
  it("ends a long poll at once when its signal aborts, and takes nothing afterwards", async () => {
    const leaving = new AbortController();
    const polled = poll(leaving.signal, 3_600_000);

    leaving.abort();
    const left = await polled;
    await test.service.port.send(ARN, { body: "for the next" });

    expect(left).toEqual([]);
    expect(await poll(new AbortController().signal, 0)).toMatchObject([{ body: "for the next" }]);
  });

  it("gives a message to one of those who wait", async () => {
    const { signal } = new AbortController();
    const polls = [poll(signal, 500), poll(signal, 500)];

    await test.service.port.send(ARN, { body: "one" });

    expect((await Promise.all(polls)).flat()).toMatchObject([{ body: "one" }]);
  });

  it("carries attributes and the system attributes that Lambda hands on", async () => {
    await test.service.port.send(ARN, {
      body: "m",
      attributes: { kind: { dataType: "String", stringValue: "x" } },
    });

    const [message] = await poll(new AbortController().signal, 0);

    expect(message).toMatchObject({
      messageAttributes: { kind: { DataType: "String", StringValue: "x" } },
      attributes: { ApproximateReceiveCount: "1", SenderId: "000000000000" },
    });
  });

  it("says that a queue does not exist", async () => {
    await expect(test.service.port.send(`${ARN}-not`, { body: "m" })).rejects.toMatchObject({
      code: "AWS.SimpleQueueService.NonExistentQueue",
    });
  });
});
