import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from "@aws-sdk/client-lambda";
import { startFunctions } from "./support/functions-cloud.ts";
import { startQueues } from "./support/queues.ts";

let queues: ReturnType<typeof startQueues>;
let cloud: Awaited<ReturnType<typeof startFunctions>>;
const denied = new Set<string>();
beforeAll(async () => {
  queues = startQueues();
  cloud = await startFunctions({ ports: { queues: queues.port }, denied });
});
afterAll(async () => {
  await cloud.stop();
  await queues.stop();
});

/** A queue and a function that says what it got and answers as its messages' bodies say. */
async function connected(
  name: string,
  body: string,
  input: Partial<CreateEventSourceMappingCommandInput> = {},
  queue = {},
) {
  const queueArn = await queues.create(name, { VisibilityTimeout: 2, ...queue });
  const functionName = name.replace(".", "-");
  await cloud.create(
    functionName,
    {
      "index.mjs": `export const handler = async ({ Records }) => {
      for (const record of Records) process.stdout.write("got ${name} " + record.body + " " + record.attributes.ApproximateReceiveCount + "\\n");
      ${body}
    };`,
    },
    { Timeout: 2 },
  );
  const mapping = await cloud.lambda.send(
    new CreateEventSourceMappingCommand({ FunctionName: functionName, EventSourceArn: queueArn, ...input }),
  );
  return { queueArn, functionName, uuid: mapping.UUID ?? "" };
}

/** Waits until nothing is left in the queue, visible or not. */
async function emptied(queueArn: string): Promise<void> {
  for (;;) {
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } =
      await queues.port.attributes(queueArn);
    if (ApproximateNumberOfMessages === "0" && ApproximateNumberOfMessagesNotVisible === "0") return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 */
describe("an event source mapping of a queue", () => {
  test("gives the function records of AWS's shape and deletes the messages", async () => {
    const { queueArn } = await connected("plain", "console.log('event', JSON.stringify(Records));");
    await queues.port.send(queueArn, {
      body: "hello",
      attributes: { why: { dataType: "String", stringValue: "because" } },
    });
    const [, text] = await cloud.logs.match(/event (.*)/);
    expect(JSON.parse(text ?? "")).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.any(String),
        body: "hello",
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.any(String),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          why: { stringValue: "because", stringListValues: [], binaryListValues: [], dataType: "String" },
        },
        md5OfBody: "5d41402abc4b2a76b9719d911017c592",
        eventSource: "aws:sqs",
        eventSourceARN: queueArn,
        awsRegion: "us-east-1",
      },
    ]);
    await emptied(queueArn);
  });

  test("with ReportBatchItemFailures brings back the failed messages only", async () => {
    const { queueArn } = await connected(
      "partial",
      `return { batchItemFailures: Records.filter((r) => r.body === "bad" && r.attributes.ApproximateReceiveCount === "1").map((r) => ({ itemIdentifier: r.messageId })) };`,
      { FunctionResponseTypes: ["ReportBatchItemFailures"] },
      { VisibilityTimeout: 2 },
    );
    await queues.port.send(queueArn, { body: "bad" });
    await queues.port.send(queueArn, { body: "good" });
    await cloud.logs.match(/got partial good 1/);
    await cloud.logs.match(/got partial bad 2/);
    await emptied(queueArn);
    expect(cloud.logs.lines.filter(({ message }) => message.startsWith("got partial good"))).toHaveLength(1);
  });

  test("brings back the whole batch where the function throws", async () => {
    const { queueArn } = await connected(
      "thrown",
      `if (Records[0].attributes.ApproximateReceiveCount === "1") throw new Error("once");`,
      {},
      { VisibilityTimeout: 2 },
    );
    await queues.port.send(queueArn, { body: "x" });
    await emptied(queueArn);
    const tries = cloud.logs.lines.filter(({ message }) => message.startsWith("got thrown x"));
    expect(tries.map(({ message }) => message)).toEqual(["got thrown x 1", "got thrown x 2"]);
  });

  test("gathers a batch in its window", async () => {
    const { queueArn } = await connected("windowed", `console.log("windowed batch of", Records.length);`, {
      BatchSize: 25,
      MaximumBatchingWindowInSeconds: 30,
    });
    for (let index = 0; index < 25; index += 1) await queues.port.send(queueArn, { body: String(index) });
    const [, size] = await cloud.logs.match(/windowed batch of (\d+)/);
    expect(size).toBe("25");
  });

  test("keeps the order of each message group of a FIFO queue, also over a failure", async () => {
    const { queueArn } = await connected(
      "ordered.fifo",
      `if (Records.some((r) => r.body === "a2" && r.attributes.ApproximateReceiveCount === "1")) throw new Error("once");`,
      { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 4 } },
      { ContentBasedDeduplication: true },
    );
    for (const body of ["a1", "a2", "b1", "a3", "b2"])
      await queues.port.send(queueArn, { body, groupId: body.charAt(0) });
    await emptied(queueArn);
    const seen = cloud.logs.lines.map(({ message }) => /^got ordered\.fifo (\w\d)/.exec(message)?.[1] ?? "");
    expect(seen.filter((body) => body.startsWith("a"))).toEqual(["a1", "a2", "a2", "a3"]);
    expect(seen.filter((body) => body.startsWith("b"))).toEqual(["b1", "b2"]);
  });

  test("runs no more batches at once than its MaximumConcurrency", async () => {
    const { queueArn } = await connected(
      "narrow",
      `console.log("narrow begins"); await new Promise((r) => setTimeout(r, 100)); console.log("narrow ends");`,
      { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } },
    );
    for (let index = 0; index < 6; index += 1) await queues.port.send(queueArn, { body: String(index) });
    await emptied(queueArn);
    let running = 0;
    let most = 0;
    for (const { message } of cloud.logs.lines) {
      if (message.includes("narrow begins")) most = Math.max(most, (running += 1));
      if (message.includes("narrow ends")) running -= 1;
    }
    expect(most).toBe(2);
  });

  test("stops and begins again with Enabled, and ends when it is deleted", async () => {
    const { queueArn, uuid } = await connected("switched", "", { Enabled: false });
    await queues.port.send(queueArn, { body: "waits" });
    expect((await cloud.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }))).State).toBe(
      "Disabled",
    );
    await cloud.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: true }));
    await cloud.logs.match(/got switched waits/);
    await emptied(queueArn);
    await cloud.lambda.send(new DeleteEventSourceMappingCommand({ UUID: uuid }));
    await queues.port.send(queueArn, { body: "stays" });
    expect((await queues.port.attributes(queueArn))["ApproximateNumberOfMessages"]).toBe("1");
    await expect(cloud.lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
describe("CreateEventSourceMapping", () => {
  test.each<[string, Partial<CreateEventSourceMappingCommandInput>, object, RegExp]>([
    ["a filter", { FilterCriteria: { Filters: [{ Pattern: "{}" }] } }, {}, /FilterCriteria/],
    [
      "a large batch without a window",
      { BatchSize: 11 },
      {},
      /Maximum batch window in seconds must be greater than 0/,
    ],
    ["a concurrency of one", { ScalingConfig: { MaximumConcurrency: 1 } }, {}, /greater than or equal to 2/],
    [
      "a visibility below the function's timeout",
      {},
      { VisibilityTimeout: 1 },
      /Queue visibility timeout: 1 seconds is less than Function timeout: 2 seconds/,
    ],
  ])("refuses %s", async (title, input, queue, message) => {
    await expect(connected(title.replaceAll(/[^a-z]/g, "-"), "", input, queue)).rejects.toThrow(message);
  });

  test("refuses a role that may not receive", async () => {
    denied.add("sqs:ReceiveMessage");
    await expect(connected("denied", "")).rejects.toThrow(
      "The provided execution role does not have permissions to call ReceiveMessage on SQS",
    );
    denied.clear();
  });

  test("refuses a second mapping of the same queue and function", async () => {
    const { queueArn, functionName } = await connected("twice", "");
    await expect(
      cloud.lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName: functionName, EventSourceArn: queueArn }),
      ),
    ).rejects.toMatchObject({ name: "ResourceConflictException" });
  });
});
