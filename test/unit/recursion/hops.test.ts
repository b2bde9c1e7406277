import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { readTrigger } from "#core/intake/read-trigger.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { hopOf, nextHop } from "#core/recursion/hops.ts";
import { settleJob } from "#core/settling/settle-job.ts";
import { performJob } from "#runtime/perform-job.ts";
import { TaskDisk } from "#runtime/task-disk.ts";
import { aPipeline, aRunningJob, NOW, RUN_ID } from "../support/builders.ts";
import { uploadEvent } from "../support/stage.ts";

type Put = Parameters<ResultStore["put"]>[0];

/** One job whose object has this metadata, done by a task that writes one result. */
async function perform(metadata: Record<string, string> | undefined, maxHops = 3) {
  const written: Put[] = [];
  const stream = Readable.from([Buffer.from("hello")]);
  const opened = { sizeBytes: 5, stream, ...(metadata === undefined ? {} : { metadata }) };
  const outcome = await performJob(
    { job: aRunningJob(), attempt: 1, resultsPrefix: "jobs/1/1/" },
    {
      work: async ({ results }) => results.put({ name: "a.txt", body: "a", contentType: "text/plain" }),
      disk: new TaskDisk(
        { open: async () => opened, newest: async () => Promise.reject(new Error("not asked")) },
        1000,
      ),
      results: { put: async (object) => void written.push(object) },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      timeoutMs: 60_000,
      uploads: { bucket: "uploads", folder: undefined },
      maxHops,
      processors: 1,
      interrupted: new AbortController().signal,
    },
  );
  return { outcome, written, stream };
}

describe("what a task writes", () => {
  test.each([
    ["an upload", undefined, "1"],
    ["an object with other metadata", { artist: "me" }, "1"],
    ["the output of one task", { "slipway-hop": "1" }, "2"],
    ["the output of as many as may be", { "slipway-hop": "3" }, "4"],
    ["an object whose hop is no number", { "slipway-hop": "-1e9" }, "1"],
  ])("carries one hop more than %s", async (_, metadata, hop) => {
    const { outcome, written } = await perform(metadata);

    expect(outcome.type).toBe("succeeded");
    expect(written).toMatchObject([{ key: "jobs/1/1/a.txt", metadata: { "slipway-hop": hop } }]);
  });

  test("reads back as it was written", () => {
    expect([0, 1, 999].map((hop) => hopOf(nextHop(hop)))).toEqual([1, 2, 1000]);
  });
});

describe("an object that has gone through too many tasks", () => {
  test("is refused before it is downloaded, with the reason", async () => {
    const { outcome, written, stream } = await perform({ "slipway-hop": "4" });

    expect(outcome).toEqual({
      type: "failed",
      report: {
        reason:
          "The object is the output of 4 tasks in a row, and maxHops allows 3: results come back as uploads.",
        tryAgain: false,
        misconfigured: true,
      },
    });
    expect([written, stream.destroyed]).toEqual([[], true]);
  });

  test("is refused at once by a pipeline that takes no output of tasks", async () => {
    expect((await perform({ "slipway-hop": "1" }, 0)).outcome.type).toBe("failed");
    expect((await perform(undefined, 0)).outcome.type).toBe("succeeded");
  });

  test("fails as a mistake of the configuration, without another try", () => {
    const reported = { reason: "round and round", tryAgain: false, misconfigured: true } as const;

    const settled = settleJob({
      job: aRunningJob({ reported }),
      runId: RUN_ID,
      pipeline: aPipeline(),
      end: undefined,
      now: NOW,
      chance: 0.5,
    });

    expect(settled).toMatchObject({
      state: "FAILED",
      failure: { class: "configuration", retry: "no", reason: "round and round" },
    });
  });
});

describe("our own output", () => {
  test.each(["jobs/6a1f/1/result.json", "reports/2026-11-22T20:00:00.000Z.json"])(
    "%s is never work, whichever bucket it lies in",
    (key) => {
      for (const uploadsBucket of ["uploads", "results"]) {
        const context = { pipelines: { images: aPipeline() }, uploadsBucket, rulePrefix: "slipway-dev-" };
        const trigger = readTrigger(JSON.parse(uploadEvent(key)), context);
        expect(trigger).toEqual({ type: "not-work", why: "our own output" });
      }
    },
  );
});
