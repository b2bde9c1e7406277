import { describe, expect, it } from "@jest/globals";
import { keepResult } from "#flow/keep-result.ts";
import type { Assignment } from "#flow/work-run.ts";

/** A class whose instances the table could not take. */
class Size {
  readonly width = 3;
}

async function kept(result: unknown) {
  const files: string[] = [];
  const results = { put: async ({ body }: { body: string | Uint8Array }) => void files.push(String(body)) };
  const assignment = { resultsPrefix: "jobs/j/1/" } as Assignment;
  return { outcome: await keepResult({ type: "succeeded", result }, assignment, results), files };
}

describe("A result", () => {
  it.each([
    ["no number", { ratio: Number.NaN }, { ratio: null }],
    ["a date", { at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
    ["an object of a class", { size: new Size() }, { size: { width: 3 } }],
    ["nothing", undefined, null],
    ["a function", () => 1, null],
  ])("that has %s is kept as JSON says it", async (_what, result, json) => {
    expect(await kept(result)).toEqual({ outcome: { type: "succeeded", result: json }, files: [] });
  });

  it.each([
    ["a number that the table cannot hold", { ns: 1_764_486_000_000_000_000 }],
    ["more than fits", "x".repeat(9000)],
  ])("that has %s goes to the bucket", async (_what, result) => {
    expect(await kept(result)).toEqual({
      outcome: { type: "succeeded", result: { resultKey: "jobs/j/1/result.json" } },
      files: [JSON.stringify(result)],
    });
  });

  it("that JSON cannot say fails the job, with the reason, and is not tried again", async () => {
    expect(await kept({ count: 1n })).toMatchObject({
      outcome: { type: "failed", report: { reason: expect.stringMatching(/BigInt/), tryAgain: false } },
    });
  });
});
