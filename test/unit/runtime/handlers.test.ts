import { describe, expect, it } from "@jest/globals";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { z } from "zod";
import { once } from "#runtime/once.ts";
import { eventHandler } from "#runtime/event-handler.ts";
import { queueHandler } from "#runtime/queue-handler.ts";
import { wakeHandler } from "#runtime/wake-handler.ts";

const context = {
  functionName: "f",
  awsRequestId: "r",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:1:function:f",
  memoryLimitInMB: "256",
  getRemainingTimeInMillis: () => 12_345,
} as Context;

function messages(...bodies: string[]): SQSEvent {
  const Records = bodies.map((body, index) => ({
    messageId: `m-${index}`,
    receiptHandle: "h",
    body,
    attributes: {},
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:1:q",
    awsRegion: "us-east-1",
  }));
  return { Records: Records as unknown as SQSRecord[] };
}

const returned = (response: SQSBatchResponse) =>
  response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

describe("a handler behind a queue", () => {
  it("gives each message its turn and returns those that failed, alone", async () => {
    const seen: string[] = [];
    const handler = queueHandler({
      async each({ body }) {
        seen.push(body);
        if (body.startsWith("bad")) throw new Error(body);
      },
    });

    const response = await handler(messages("one", "bad", "two", "bad too"), context);

    expect(seen).toEqual(["one", "bad", "two", "bad too"]);
    expect(returned(response)).toEqual(["m-1", "m-3"]);
  });

  it("returns all where all failed, and is no error itself", async () => {
    const handler = queueHandler({ each: () => Promise.reject(new Error("down")) });

    expect(returned(await handler(messages("a", "b"), context))).toEqual(["m-0", "m-1"]);
  });

  it("does what follows a batch once, with what the others gave", async () => {
    const followed: unknown[] = [];
    const handler = queueHandler({
      each: async ({ body }) => (body === "bad" ? Promise.reject(new Error("bad")) : body.toUpperCase()),
      after: async (results) => void followed.push([...results].sort()),
    });

    await handler(messages("a", "bad", "b"), context);

    expect(followed).toEqual([["A", "B"]]);
  });

  it("fails as a whole where what follows fails, so that the batch comes again", async () => {
    const handler = queueHandler({
      each: async () => 1,
      after: () => Promise.reject(new Error("no wake-up")),
    });

    await expect(handler(messages("a"), context)).rejects.toThrow("no wake-up");
  });

  it("keeps one batch apart from the next in the same process", async () => {
    const handler = queueHandler({
      each: async ({ body }) => (body === "bad" ? Promise.reject(new Error("bad")) : 1),
    });
    await handler(messages("bad"), context);

    expect(returned(await handler(messages("good"), context))).toEqual([]);
  });
});

describe("a handler that EventBridge invokes", () => {
  const Tick = z.object({ at: z.string() });

  it("is given the event in its shape, and the time that is left", async () => {
    const seen: unknown[] = [];
    const handler = eventHandler(
      Tick,
      async (event, { remainingMs }) => void seen.push(event, remainingMs()),
    );

    await handler({ at: "20:00" }, context);

    expect(seen).toEqual([{ at: "20:00" }, 12_345]);
  });

  it("fails for an event of another shape, and says where", async () => {
    const handler = eventHandler(Tick, async () => undefined);

    await expect(handler({ at: 5 }, context)).rejects.toThrow(/"at"/);
  });
});

describe("a handler that a message only wakes", () => {
  it("works once for a batch, however many messages it has", async () => {
    let woken = 0;
    const handler = wakeHandler(async ({ remainingMs }) => void (woken += remainingMs() > 0 ? 1 : 0));

    await handler(messages("wake", "wake", "not even that"), context);

    expect(woken).toBe(1);
  });

  it("gives the messages back by failing", async () => {
    const handler = wakeHandler(() => Promise.reject(new Error("the table is down")));

    await expect(handler(messages("wake"), context)).rejects.toThrow("the table is down");
  });
});

describe("what is made once", () => {
  it("is made when it is first asked for, and kept, also where it is nothing", () => {
    let made = 0;
    const get = once(() => {
      made += 1;
      return undefined;
    });
    expect(made).toBe(0);

    get();
    get();

    expect(made).toBe(1);
  });

  it("is tried again where making it failed", () => {
    let tries = 0;
    const get = once(() => {
      tries += 1;
      if (tries === 1) throw new Error("no configuration");
      return tries;
    });
    expect(get).toThrow("no configuration");

    expect(get()).toBe(2);
  });
});
