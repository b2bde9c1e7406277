import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionEventInvokeConfigCommand,
  InvokeCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import type { BusEvent } from "#local/context/cloud-context.ts";
import { startFunctions } from "./support/functions-cloud.ts";
import { startQueues } from "./support/queues.ts";

let queues: ReturnType<typeof startQueues>;
let cloud: Awaited<ReturnType<typeof startFunctions>>;
const events: BusEvent[] = [];
const denied = new Set<string>();
beforeAll(async () => {
  queues = startQueues();
  cloud = await startFunctions({
    ports: { queues: queues.port, events: { put: async (put) => void events.push(...put) } },
    functions: { asyncRetryDelaysMs: [10, 20] },
    denied,
  });
});
afterAll(async () => {
  await cloud.stop();
  await queues.stop();
});

const FAILS = {
  "index.mjs":
    "export const handler = async (event) => { console.log('tried', event.name); throw new Error('never'); }",
};

async function send(functionName: string, payload: unknown): Promise<string> {
  const { $metadata, StatusCode } = await cloud.lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      InvocationType: "Event",
      Payload: JSON.stringify(payload),
    }),
  );
  expect(StatusCode).toBe(202);
  return $metadata.requestId ?? "";
}

async function firstMessage(queueArn: string) {
  const [message] = await queues.port.receive(queueArn, {
    max: 1,
    waitMs: 20_000,
    signal: AbortSignal.timeout(20_000),
  });
  return message;
}

const countOf = (text: string) => cloud.logs.lines.filter(({ message }) => message.endsWith(text)).length;

/**
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
describe("an asynchronous invocation", () => {
  test("that fails is tried three times and then goes to the failure destination", async () => {
    const queueArn = await queues.create("failures");
    await cloud.create("failing", FAILS);
    await cloud.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: "failing",
        DestinationConfig: { OnFailure: { Destination: queueArn } },
      }),
    );
    const requestId = await send("failing", { name: "thrice" });
    const record = JSON.parse((await firstMessage(queueArn))?.body ?? "") as unknown;
    expect(record).toEqual({
      version: "1.0",
      timestamp: expect.stringMatching(/Z$/),
      requestContext: {
        requestId,
        functionArn: "arn:aws:lambda:us-east-1:000000000000:function:failing:$LATEST",
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: { name: "thrice" },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      responsePayload: { errorType: "Error", errorMessage: "never", trace: expect.any(Array) },
    });
    expect(countOf("tried thrice")).toBe(3);
  });

  test("is not tried again where MaximumRetryAttempts is 0, and goes to the dead-letter queue with its error", async () => {
    const queueArn = await queues.create("dead");
    await cloud.create("once", FAILS, { DeadLetterConfig: { TargetArn: queueArn } });
    await cloud.lambda.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName: "once", MaximumRetryAttempts: 0 }),
    );
    const requestId = await send("once", { name: "single" });
    const message = await firstMessage(queueArn);
    expect(message?.body).toBe('{"name":"single"}');
    expect(message?.messageAttributes).toMatchObject({
      RequestID: { StringValue: requestId },
      ErrorCode: { DataType: "Number", StringValue: "200" },
      ErrorMessage: { StringValue: "never" },
    });
    expect(countOf("tried single")).toBe(1);
  });

  test("that succeeds is told to the success destination on the event bus", async () => {
    await cloud.create("good", { "index.mjs": "export const handler = async () => ({ done: true });" });
    const bus = "arn:aws:events:us-east-1:000000000000:event-bus/default";
    await cloud.lambda.send(
      new PutFunctionEventInvokeConfigCommand({
        FunctionName: "good",
        DestinationConfig: { OnSuccess: { Destination: bus } },
      }),
    );
    await send("good", {});
    await cloud.logs.match(/REPORT/);
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events[0]).toMatchObject({
      source: "lambda",
      "detail-type": "Lambda Function Invocation Result - Success",
      detail: {
        requestContext: { condition: "Success", approximateInvokeCount: 1 },
        responsePayload: { done: true },
      },
      resources: [bus, "arn:aws:lambda:us-east-1:000000000000:function:good:$LATEST"],
    });
  });

  test("of a throttled function waits and is not counted as a try", async () => {
    await cloud.create("throttled", {
      "index.mjs": "export const handler = async (event) => console.log('let in', event.name);",
    });
    await cloud.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: "throttled", ReservedConcurrentExecutions: 0 }),
    );
    await send("throttled", { name: "late" });
    await expect(cloud.lambda.send(new InvokeCommand({ FunctionName: "throttled" }))).rejects.toMatchObject({
      name: "TooManyRequestsException",
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      $metadata: { httpStatusCode: 429 },
    });
    await cloud.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: "throttled" }));
    await cloud.logs.match(/let in late/);
  });

  test("may not be larger than 1 MB", async () => {
    await cloud.create("small", { "index.mjs": "export const handler = async () => 1;" });
    const payload = (bytes: number) => Buffer.from(`"${"x".repeat(bytes - 2)}"`);
    const event = { FunctionName: "small", InvocationType: "Event" } as const;
    await expect(
      cloud.lambda.send(new InvokeCommand({ ...event, Payload: payload(1_048_577) })),
    ).rejects.toMatchObject({
      name: "RequestTooLargeException",
    });
    const accepted = await cloud.lambda.send(new InvokeCommand({ ...event, Payload: payload(1_048_576) }));
    expect(accepted.StatusCode).toBe(202);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html */
describe("PutFunctionEventInvokeConfig", () => {
  test("refuses a destination that the function's role may not send to", async () => {
    const queueArn = await queues.create("closed");
    await cloud.create("unlucky", FAILS);
    denied.add("sqs:SendMessage");
    const config = { FunctionName: "unlucky", DestinationConfig: { OnFailure: { Destination: queueArn } } };
    await expect(cloud.lambda.send(new PutFunctionEventInvokeConfigCommand(config))).rejects.toThrow(
      `The function's execution role arn:aws:iam::000000000000:role/worker does not have permissions to call SendMessage on ${queueArn}`,
    );
    denied.clear();
    await expect(
      cloud.lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: "unlucky" })),
    ).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});
