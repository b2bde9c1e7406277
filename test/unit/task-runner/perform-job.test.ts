import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { Log } from "#core/ports/log.ts";
import { ObjectGoneError } from "#core/ports/source-objects.ts";
import type { SourceObjects } from "#core/ports/source-objects.ts";
import { BadInput, TryAgain } from "#flow/work-errors.ts";
import { performJob } from "#runtime/perform-job.ts";
import type { JobShop } from "#runtime/perform-job.ts";
import { TaskDisk } from "#runtime/task-disk.ts";
import { aJob } from "./support/work-bench.ts";

const silent: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function sourcesOf(body: string | Error): SourceObjects {
  return {
    open: async () => {
      if (body instanceof Error) throw body;
      return { sizeBytes: body.length, stream: Readable.from([Buffer.from(body)]) };
    },
    newest: async (object) => {
      if (body instanceof Error) throw body;
      return { ...object, versionId: "v9", sizeBytes: body.length };
    },
  };
}

function shopWith(change: Partial<JobShop> & { sources?: SourceObjects; diskBytes?: number }): JobShop {
  const disk = new TaskDisk(change.sources ?? sourcesOf("hello"), change.diskBytes ?? 1000);
  return {
    work: async () => null,
    disk,
    results: { put: async () => undefined },
    log: silent,
    timeoutMs: 60_000,
    uploads: { bucket: "uploads", folder: "images/" },
    maxHops: 3,
    processors: 1,
    interrupted: new AbortController().signal,
    ...change,
  };
}

/** Work that hears no signal; the test ends it, and waits until its file is gone from the disk. */
function deafWork(): { work: JobShop["work"]; end(): Promise<void> } {
  const over = Promise.withResolvers<null>();
  let path = "";
  return {
    async work({ input }) {
      path = input?.path ?? "";
      return over.promise;
    },
    async end() {
      over.resolve(null);
      if (path === "") return;
      while (existsSync(dirname(path))) await sleep(5);
    },
  };
}

const assignment = (key = "images/a.jpg") => {
  const source = { type: "upload", bucket: "uploads", key, versionId: "v1", sizeBytes: 5 } as const;
  return { job: aJob("job-1", { source }), attempt: 1, resultsPrefix: "jobs/job-1/1/" };
};

describe("a job", () => {
  test("has its object on disk under a name of ours, and leaves nothing behind", async () => {
    let seen = { path: "", text: "" };

    const outcome = await performJob(
      assignment("images/../../etc/passwd.jpg"),
      shopWith({
        work: async ({ input }) => {
          const path = input?.path ?? "";
          seen = { path, text: await readFile(path, "utf8") };
          return { length: input?.sizeBytes };
        },
      }),
    );

    expect(outcome).toMatchObject({ type: "succeeded", result: { length: 5 } });
    expect(seen.text).toBe("hello");
    expect(seen.path).toMatch(/slipway-[^/]+\/input$/);
    expect(await readdir(tmpdir())).not.toContain(seen.path.split("/").at(-2));
  });

  test("writes its results under its attempt", async () => {
    const keys: string[] = [];

    await performJob(
      assignment(),
      shopWith({
        results: { put: async ({ key }) => void keys.push(key) },
        work: async ({ results }) =>
          results.put({ name: "thumb.webp", body: "x", contentType: "image/webp" }),
      }),
    );

    expect(keys).toEqual(["jobs/job-1/1/thumb.webp"]);
  });

  test.each([
    ["bad input", new BadInput("The file is empty."), { reason: "The file is empty.", tryAgain: false }],
    [
      "trouble outside",
      new TryAgain("The service is away."),
      { reason: "The service is away.", tryAgain: true },
    ],
    ["a fault of the program", new TypeError("x is not a function"), { tryAgain: false }],
  ])("that meets %s fails with what is to be done", async (_, error, expected) => {
    const outcome = await performJob(assignment(), shopWith({ work: async () => Promise.reject(error) }));

    expect(outcome).toMatchObject({ type: "failed", report: expected });
  });

  test("whose result the bucket does not take may be tried again", async () => {
    const results = { put: async () => Promise.reject(new Error("SlowDown")) };
    const outcome = await performJob(
      assignment(),
      shopWith({
        results,
        work: async (context) => context.results.put({ name: "a", body: "", contentType: "a/b" }),
      }),
    );

    expect(outcome).toMatchObject({ type: "failed", report: { tryAgain: true } });
  });

  test.each([
    ["was deleted", sourcesOf(new ObjectGoneError("NoSuchVersion: gone")), false, "deleted"],
    ["does not come", sourcesOf(new Error("ECONNRESET")), true, "ECONNRESET"],
    ["comes short", sourcesOf("hell"), true, "4 of 5 bytes"],
    ["is longer than it should be", sourcesOf("hello, world"), true, "more than 5 bytes"],
  ])("whose object %s does not begin", async (_, sources, tryAgain, reason) => {
    const outcome = await performJob(assignment(), shopWith({ sources, work: async () => "began" }));

    expect(outcome).toMatchObject({
      type: "failed",
      report: { tryAgain, reason: expect.stringContaining(reason) },
    });
  });

  test("whose object can never fit the disk is refused", async () => {
    const outcome = await performJob(assignment(), shopWith({ diskBytes: 4 }));

    expect(outcome).toMatchObject({
      type: "failed",
      report: {
        tryAgain: false,
        reason:
          "The object has 5 bytes, and the task's disk has room for 4; give the pipeline more ephemeralStorageGiB.",
      },
    });
  });

  test("waits for room on the disk until another job leaves it", async () => {
    const disk = new TaskDisk(sourcesOf("hello"), 7);
    const first = Promise.withResolvers<null>();
    const order: string[] = [];
    const begin = (name: string, work: () => Promise<unknown>) =>
      performJob(
        assignment(),
        shopWith({
          disk,
          work: async () => {
            order.push(name);
            return work();
          },
        }),
      );

    const one = begin("one", async () => first.promise);
    const two = begin("two", async () => null);
    while (order.length === 0) await sleep(1);
    order.push("one leaves");
    first.resolve(null);
    await Promise.all([one, two]);

    expect(order).toEqual(["one", "one leaves", "two"]);
  });

  test("gives up its place in the queue for the disk when its time is over", async () => {
    const disk = new TaskDisk(sourcesOf("hello"), 7);
    const first = Promise.withResolvers<null>();
    const one = performJob(assignment(), shopWith({ disk, work: async () => first.promise }));
    const two = await performJob(assignment(), shopWith({ disk, timeoutMs: 20 }));
    first.resolve(null);
    await one;

    const three = await performJob(assignment(), shopWith({ disk, work: async () => "there was room" }));

    expect(two).toMatchObject({ type: "failed", report: { timedOut: true } });
    expect(three).toMatchObject({ type: "succeeded" });
  });

  test("that takes too long is told so and fails with its limit", async () => {
    const outcome = await performJob(
      assignment(),
      shopWith({ timeoutMs: 20, work: async ({ signal }) => sleep(60_000, null, { signal }) }),
    );

    expect(outcome).toEqual({
      type: "failed",
      report: {
        reason: "The job took longer than its limit of 0.02 seconds.",
        tryAgain: true,
        timedOut: true,
      },
    });
  });

  test("that does not listen is left behind", async () => {
    const deaf = deafWork();

    const outcome = await performJob(assignment(), shopWith({ timeoutMs: 20, work: deaf.work }));

    await deaf.end();
    expect(outcome).toMatchObject({ type: "failed", report: { timedOut: true } });
  });

  test("that comes when the task has to be gone already has not failed", async () => {
    const outcome = await performJob(assignment(), shopWith({ interrupted: AbortSignal.abort() }));

    expect(outcome).toEqual({ type: "interrupted" });
  });

  test("is nobody's fault when the task has to be gone", async () => {
    const interrupted = new AbortController();
    const deaf = deafWork();
    const outcome = await performJob(
      assignment(),
      shopWith({
        interrupted: interrupted.signal,
        work: async (context) => {
          interrupted.abort();
          return deaf.work(context);
        },
      }),
    );

    await deaf.end();
    expect(outcome).toEqual({ type: "interrupted" });
  });
});
