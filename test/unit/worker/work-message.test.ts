import { describe, expect, it } from "@jest/globals";
import { claimJob, retryByPerson } from "#core/jobs/transitions.ts";
import type { Job } from "#core/jobs/job.ts";
import { dueJobOf } from "#core/planning/due-job.ts";
import { MemoryMessaging } from "#adapters/memory/memory-messaging.ts";
import { tellEnds } from "#flow/tell-ends.ts";
import type { Outcome } from "#flow/work-run.ts";
import {
  aMessage,
  done,
  failing,
  MessageWorld,
  taskArn,
  VISIBILITY_SECONDS,
} from "./support/message-world.ts";

const never = (): Promise<Outcome> => Promise.reject(new Error("It was worked on."));
/** Work that a worker begins and does not live to end. */
async function dies(world: MessageWorld, worker = "w1"): Promise<Job> {
  const dead = Promise.withResolvers<Outcome>();
  const begun = Promise.withResolvers<void>();
  void world.give(
    aMessage(),
    () => {
      begun.resolve();
      return dead.promise;
    },
    { worker },
  );
  await begun.promise;
  return world.job();
}

describe("a message", () => {
  it("is a job that is worked on from its first write, and ends with what the work gave", async () => {
    const world = new MessageWorld();

    const end = await world.give(aMessage(), async ({ job, attempt, resultsPrefix }) => {
      expect(await world.job()).toMatchObject({ state: "RUNNING", revision: 1 });
      expect({ attempt, resultsPrefix }).toEqual({ attempt: 1, resultsPrefix: `jobs/${job.jobId}/1/` });
      return done();
    });

    const job = await world.job();
    expect(end).toEqual({ type: "ended", jobId: job.jobId });
    expect(job).toMatchObject({
      pipeline: "pictures",
      state: "SUCCEEDED",
      source: { type: "queue", messageId: "m-1", input: { key: "images/a.jpg" } },
      attempts: [{ taskArn: taskArn("w1"), outcome: "succeeded" }],
      result: { kind: "rendition" },
      revision: 2,
    });
  });

  it("that comes again after its end is told again and not worked on", async () => {
    const world = new MessageWorld();
    await world.give(aMessage(), done);

    const again = await world.give(aMessage(), never, { worker: "w2" });

    expect(again).toEqual({ type: "ended", jobId: (await world.job()).jobId });
    expect((await world.job()).attempts).toHaveLength(1);
  });

  it("is the same job as another with the sender's same key, and another than that of another key", async () => {
    const world = new MessageWorld();
    const first = await world.give(aMessage({ idempotencyKey: "wish-1" }), done);

    expect(await world.give(aMessage({ messageId: "m-2", idempotencyKey: "wish-1" }), never)).toEqual(first);
    expect(await world.give(aMessage({ messageId: "m-2", idempotencyKey: "wish-2" }), done)).not.toEqual(
      first,
    );
    expect(await world.give(aMessage({ messageId: "wish-1" }), done)).not.toEqual(first);
  });

  it("keeps a long result in the results bucket", async () => {
    const world = new MessageWorld();

    await world.give(aMessage(), async () => ({ type: "succeeded", result: { text: "x".repeat(20_000) } }));

    const { jobId, result } = await world.job();
    expect(result).toEqual({ resultKey: `jobs/${jobId}/1/result.json` });
    expect(world.results.get(`jobs/${jobId}/1/result.json`)).toContain("xxxx");
  });
});

describe("a message with bad input", () => {
  it("fails once with the reason, and does not come again", async () => {
    const world = new MessageWorld();

    const end = await world.give(aMessage(), failing(false));

    expect(end).toEqual({ type: "ended", jobId: (await world.job()).jobId });
    expect(await world.job()).toMatchObject({
      state: "FAILED",
      failure: { class: "application", reason: "No picture.", retry: "no" },
    });
  });

  it.each([
    ["is no JSON", "width=3", "The message is not JSON", "width=3"],
    [
      "is too long for the table",
      JSON.stringify({ a: "x".repeat(300_000) }),
      "The message is too long",
      null,
    ],
    [
      "is nested without end",
      "[".repeat(5000) + "]".repeat(5000),
      "The message is too long, nested too deeply, or has a number beyond 2^53 or nearer to zero than 1e-130",
      null,
    ],
    ["has a number that the table cannot hold", '{"ns":1764486000000000000}', "number beyond 2^53", null],
    ["has a number nearer to zero than the table takes", '{"p":1e-131}', "nearer to zero than 1e-130;", null],
  ])("that %s is a failed job that says so, and no work", async (_, body, reason, input) => {
    const world = new MessageWorld();

    const end = await world.give(aMessage({ body }), never);

    expect(end.type).toBe("ended");
    expect(await world.job()).toMatchObject({
      state: "FAILED",
      source: { input },
      failure: { class: "application", retry: "no", reason: expect.stringContaining(reason) },
    });
  });
});

describe("a temporary failure", () => {
  it("comes again by the pipeline's retry policy, unseen by dispatch, and goes to the dead letters at last", async () => {
    const world = new MessageWorld();

    const ends = [];
    for (const worker of ["w1", "w2", "w3"]) {
      ends.push(await world.give(aMessage(), failing(true), { worker }));
      expect(dueJobOf(await world.job())).toBeUndefined();
      world.seconds += 100;
    }

    const { jobId } = await world.job();
    expect(ends).toEqual([
      { type: "again", seconds: 15 },
      { type: "again", seconds: 30 },
      { type: "ended", jobId, deadBecause: "Busy." },
    ]);
    expect(await world.job()).toMatchObject({
      state: "FAILED",
      failure: { class: "application", reason: "Busy.", retry: "yes" },
      attempts: [
        { taskArn: taskArn("w1"), outcome: "application" },
        { taskArn: taskArn("w2"), outcome: "application" },
        { taskArn: taskArn("w3"), outcome: "application" },
      ],
    });
  });

  it("is a dead letter also where the worker died between the table and the queue", async () => {
    const world = new MessageWorld();
    for (let attempt = 0; attempt < 3; attempt += 1) await world.give(aMessage(), failing(true));

    expect(await world.give(aMessage(), never)).toMatchObject({ type: "ended", deadBecause: "Busy." });
  });

  it("writes its results under each attempt", async () => {
    const world = new MessageWorld();
    await world.give(aMessage(), failing(true));
    await world.give(aMessage(), done);

    const { jobId } = await world.job();
    expect(world.assignments.map(({ resultsPrefix }) => resultsPrefix)).toEqual([
      `jobs/${jobId}/1/`,
      `jobs/${jobId}/2/`,
    ]);
  });
});

describe("a worker that has to stop", () => {
  it("hands the message back at once, and no try is spent", async () => {
    const world = new MessageWorld();

    for (let stop = 0; stop < 5; stop += 1)
      expect(await world.give(aMessage(), async () => ({ type: "interrupted" }))).toEqual({
        type: "again",
        seconds: 0,
      });
    await world.give(aMessage(), done);

    const { state, attempts } = await world.job();
    expect(state).toBe("SUCCEEDED");
    expect(attempts.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(5).fill("released"),
      "succeeded",
    ]);
  });
});

describe("a worker that has died", () => {
  it("is waited for as long as it may hold the message, and then its job is taken up, alone", async () => {
    const world = new MessageWorld();
    await dies(world);

    world.seconds = VISIBILITY_SECONDS - 10;
    expect(await world.give(aMessage(), never, { worker: "w2" })).toEqual({ type: "again", seconds: 10 });
    world.seconds = VISIBILITY_SECONDS;
    await world.give(
      aMessage(),
      async ({ job, attempt }) => {
        expect({ alone: job.alone, attempt }).toEqual({ alone: true, attempt: 2 });
        return done();
      },
      { worker: "w2" },
    );

    expect(await world.job()).toMatchObject({
      state: "SUCCEEDED",
      attempts: [
        { taskArn: taskArn("w1"), outcome: "platform" },
        { taskArn: taskArn("w2"), outcome: "succeeded" },
      ],
    });
  });

  it("ends a message that ends each of its workers, after as many tries as the pipeline has", async () => {
    const world = new MessageWorld();
    for (const worker of ["w1", "w2", "w3"]) {
      await dies(world, worker);
      world.seconds += VISIBILITY_SECONDS;
    }

    const end = await world.give(aMessage(), never, { worker: "w4" });

    const { jobId } = await world.job();
    expect(end).toEqual({
      type: "ended",
      jobId,
      deadBecause: "The worker that had the job ended without a word.",
    });
    expect(await world.job()).toMatchObject({ state: "FAILED", failure: { class: "platform" } });
  });

  it.each([
    ["another worker", "w2"],
    ["itself, a second time", "w1"],
  ])("and yet lives can settle nothing once %s has the message", async (_, worker) => {
    const world = new MessageWorld();
    const slow = Promise.withResolvers<Outcome>();
    const ghost = world.give(aMessage(), () => slow.promise);
    await new Promise((resolve) => setImmediate(resolve));
    world.seconds = VISIBILITY_SECONDS;

    const second = Promise.withResolvers<Outcome>();
    const taken = world.give(aMessage(), () => second.promise, { worker });
    await new Promise((resolve) => setImmediate(resolve));
    slow.resolve({ type: "succeeded", result: "of the ghost" });

    expect(await ghost).toEqual({ type: "lost" });
    expect(await world.job()).toMatchObject({ state: "RUNNING" });
    second.resolve(await done());
    await taken;
    expect(await world.job()).toMatchObject({ state: "SUCCEEDED", result: { kind: "rendition" } });
  });
});

describe("a person", () => {
  it("cancels a job while it is worked on: its outcome is dropped and its message goes", async () => {
    const world = new MessageWorld();

    const end = await world.give(aMessage(), async ({ job }) => {
      const { failure: _, ...rest } = job;
      await world.jobs.saveJob({
        ...rest,
        state: "CANCELLED",
        endedAt: world.now.toISOString(),
        revision: job.revision + 1,
      });
      return done();
    });

    expect(end).toEqual({ type: "ended", jobId: (await world.job()).jobId });
    expect((await world.job()).state).toBe("CANCELLED");
  });

  it("has a failed job tried again, and a run has it: the message leaves it alone until it has ended", async () => {
    const world = new MessageWorld();
    await world.give(aMessage(), failing(false));
    const retried = retryByPerson(await world.job(), world.now);
    if (retried === undefined) throw new Error("It was not retried.");
    await world.jobs.saveJob(retried);
    expect(dueJobOf(retried)).toBeDefined();
    const claimed = claimJob(retried, "run-1", world.now);
    if (claimed === undefined) throw new Error("It was not claimed.");
    await world.jobs.saveJob(claimed);

    expect(await world.give(aMessage(), never)).toEqual({ type: "again", seconds: 60 });
  });
});

describe("a table that does not answer", () => {
  it("is the caller's to wait for: nothing is worked on", async () => {
    const world = new MessageWorld();
    const jobs = {
      createJob: () => Promise.reject(new Error("throttled")),
      saveJob: () => Promise.reject(new Error("throttled")),
    };

    await expect(world.give(aMessage(), never, { ports: { jobs } })).rejects.toThrow("throttled");
    expect(world.assignments).toEqual([]);
  });
});

describe("the ends of messages' jobs", () => {
  it("are published, but for those that have not ended or were cancelled", async () => {
    const world = new MessageWorld();
    const messages = ["ok", "bad", "busy"].map((messageId) => aMessage({ messageId }));
    const [ok, bad, busy] = messages as [(typeof messages)[0], (typeof messages)[0], (typeof messages)[0]];
    await world.give(ok, done);
    await world.give(bad, failing(false));
    await world.give(busy, failing(true));
    const ids = await Promise.all(messages.map(async (message) => (await world.job(message)).jobId));
    const announcements = new MemoryMessaging();

    await tellEnds([...ids, "unknown"], { jobs: world.jobs, announcements });

    expect(announcements.announcements).toMatchObject([
      { type: "Job Succeeded", job: { jobId: ids[0] } },
      { type: "Job Failed", job: { jobId: ids[1] } },
    ]);
  });
});
