import { describe, expect, it } from "@jest/globals";
import type { ReceivedMessage } from "#core/ports/work-queue.ts";
import { EndedMessages } from "#runtime/ended-messages.ts";

/** Ends messages over ports that tell in which order they were asked, and may fail at one of them. */
async function end(
  names: readonly string[],
  { failsAt, deadBecause }: { failsAt?: string; deadBecause?: string } = {},
) {
  const story: string[] = [];
  const step = async (what: string, line: string): Promise<void> => {
    if (what === failsAt) throw new Error(`no ${what}`);
    story.push(line);
  };
  const never = () => Promise.reject(new Error("not asked for"));
  await using messages = new EndedMessages({
    queue: {
      receive: never,
      hide: never,
      delete: async (receipts) => step("delete", `delete ${receipts.join(" ")}`),
    },
    reports: { send: async (jobIds) => step("report", `report ${jobIds.join(" ")}`) },
    deadLetters: { set: async ({ body, reason }) => step("dead letters", `${body} is dead: ${reason}`) },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  for (const name of names) {
    const message: ReceivedMessage = { messageId: name, body: name, receipt: `r-${name}`, receives: 1 };
    const lease = {
      receipt: message.receipt,
      lost: new AbortController().signal,
      end: () => void story.push(`${name} is let go`),
    };
    await messages.add(message, {
      jobId: name,
      lease,
      ...(deadBecause === undefined ? {} : { deadBecause }),
    });
  }
  await messages[Symbol.asyncDispose]();
  return [...story];
}

describe("the messages whose jobs have ended", () => {
  it("are told first, deleted then, and kept hidden until they are gone", async () => {
    expect(await end(["a", "b"])).toEqual(["report a b", "delete r-a r-b", "a is let go", "b is let go"]);
  });

  it("go ten at a time", async () => {
    const story = await end(Array.from({ length: 12 }, (_, index) => String(index)));

    expect(story.filter((line) => line.startsWith("report"))).toEqual([
      "report 0 1 2 3 4 5 6 7 8 9",
      "report 10 11",
    ]);
  });

  it("stay in the queue where they could not be told, to be told when they come again", async () => {
    expect(await end(["a"], { failsAt: "report" })).toEqual(["a is let go"]);
  });

  it("are in the dead-letter queue before they are deleted from their own, where all tries were in vain", async () => {
    expect(await end(["a"], { deadBecause: "Busy." })).toEqual([
      "a is dead: Busy.",
      "report a",
      "delete r-a",
      "a is let go",
    ]);
  });

  it("stay in the queue where the dead-letter queue did not take them", async () => {
    await expect(end(["a"], { failsAt: "dead letters", deadBecause: "Busy." })).rejects.toThrow(
      "no dead letters",
    );
  });
});
