import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import sharp from "sharp";
import { messageJobId } from "#core/jobs/job-id.ts";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { eventually } from "../../integration/support/eventually.ts";
import { TaskSite } from "../task-runner/support/task-site.ts";
import { Agent } from "./support/agent.ts";

/* The worker of the renditions as ECS starts it: a process of its own, against queues, a bucket and a table of the local cloud. */

const SAMPLES = path.resolve(import.meta.dirname, "../../../samples/files");

let site: TaskSite;
beforeAll(async () => {
  site = await TaskSite.open();
  await site.upload("images/harbour.jpg", await readFile(path.join(SAMPLES, "harbour-at-dusk.jpg")));
  await site.upload("images/notes.jpg", "not a picture");
  await site.upload("secret/key.jpg", "not for this pipeline");
});
afterAll(() => site[Symbol.asyncDispose]());

let queues = { work: "", dead: "" };
let agent: Agent;
let count = 0;
const workers: ChildProcess[] = [];
beforeEach(async () => {
  count += 1;
  queues = { work: await site.createQueue(`work-${count}`), dead: await site.createQueue(`dead-${count}`) };
  agent = await Agent.start();
});
afterEach(async () => {
  for (const worker of workers.splice(0)) {
    if (worker.exitCode !== null || worker.signalCode !== null) continue;
    worker.kill("SIGKILL");
    await once(worker, "close");
  }
  await agent[Symbol.asyncDispose]();
});

function startWorker(environment: Record<string, string> = {}): ChildProcess & { log: () => string } {
  const worker = site.startWorker("renditions", {
    SLIPWAY_WORK_QUEUE_URL: queues.work,
    SLIPWAY_WORK_DEAD_LETTER_QUEUE_URL: queues.dead,
    SLIPWAY_READS: "images/",
    ...agent.environment,
    ...environment,
  });
  workers.push(worker);
  const chunks: Buffer[] = [];
  for (const stream of [worker.stdout, worker.stderr])
    stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return Object.assign(worker, { log: () => Buffer.concat(chunks).toString() });
}

async function exitCodeOf(worker: ChildProcess): Promise<unknown> {
  if (worker.exitCode === null) await once(worker, "close");
  return worker.exitCode;
}

/** Sends a request for a rendition. @returns a way to its job */
let wishes = 0;
async function ask(change: Record<string, unknown> = {}): Promise<() => Promise<Job | undefined>> {
  const idempotencyKey = `wish-${(wishes += 1)}`;
  const body = { key: "images/harbour.jpg", width: 320, format: "webp", ...change };
  await site.send(queues.work, body, { idempotencyKey });
  const jobId = messageJobId({ pipeline: "renditions", messageId: "", idempotencyKey });
  return () => site.jobs.readJob(jobId);
}

const ended = async (jobOf: () => Promise<Job | undefined>): Promise<Job> => {
  const job = await eventually(
    "the job has ended",
    jobOf,
    (found) => found !== undefined && isTerminal(found),
  );
  if (job === undefined) throw new Error("There is no job.");
  return job;
};

/** A worker with a message before it, told to stop as soon as it has asked to be protected. */
async function untilProtectionIsAsked(): Promise<ReturnType<typeof startWorker>> {
  const worker = startWorker();
  await ask();
  await eventually(
    "it asked for protection",
    async () => agent.asked,
    (asked) => asked.length > 0,
  );
  worker.kill("SIGTERM");
  return worker;
}

const emptied = () =>
  eventually(
    "the queue is empty",
    () => site.depth(queues.work),
    ({ waiting, held }) => waiting + held === 0,
  );

describe("a worker", () => {
  it("makes what messages ask for, tells track, and is protected from its first message to its last", async () => {
    const jobs = [
      await ask(),
      await ask({ width: 100, format: "avif" }),
      await ask({ key: "images/notes.jpg" }),
    ];
    startWorker();

    const [webp, avif, bad] = await Promise.all(jobs.map(ended));
    await emptied();
    await eventually(
      "the protection is given back",
      async () => agent.asked,
      (asked) => asked.includes(false),
    );

    expect(webp).toMatchObject({
      state: "SUCCEEDED",
      result: { kind: "rendition", width: 320, format: "webp" },
    });
    expect(avif).toMatchObject({ state: "SUCCEEDED", result: { width: 100, format: "avif" } });
    expect(bad).toMatchObject({
      state: "FAILED",
      failure: { class: "application", reason: "The file is a text file, not an image.", retry: "no" },
    });
    const key = `jobs/${webp?.jobId}/1/rendition-320.webp`;
    expect(webp?.result).toMatchObject({ key });
    expect(await sharp(await site.readResult(key)).metadata()).toMatchObject({ format: "webp", width: 320 });
    expect(agent.asked[0]).toBe(true);
    const told = (await site.messages(site.queues.reports)) as { type: string; jobIds: string[] }[];
    expect(told.every(({ type }) => type === "jobs-ended")).toBe(true);
    expect(told.flatMap(({ jobIds }) => jobIds).toSorted()).toEqual(
      [webp, avif, bad].map((job) => job?.jobId).toSorted(),
    );
    expect(await site.depth(queues.dead)).toEqual({ waiting: 0, held: 0 });
  });

  it("reads nothing outside of its folder, whatever a key looks like", async () => {
    const jobs = [await ask({ key: "secret/key.jpg" }), await ask({ key: "images/../secret/key.jpg" })];
    startWorker();

    const [outside, climbing] = await Promise.all(jobs.map(ended));

    expect(outside?.failure?.reason).toBe(
      'The key does not begin with "images/", where the pipeline may read.',
    );
    expect(climbing?.failure?.reason).toBe("There is no object with this key, or the task may not read it.");
  });

  it("that is asked to stop in the middle of a job ends it, tells it, and leaves with exit code 0", async () => {
    const worker = startWorker();
    const jobOf = await ask({ width: 1440, format: "avif" });
    await eventually("the job has begun", jobOf, (job) => job !== undefined, { pollMs: 5 });

    worker.kill("SIGTERM");
    const exitCode = await exitCodeOf(worker);

    expect({ exitCode, log: worker.log() }).toMatchObject({
      exitCode: 0,
      log: expect.stringContaining("Worker over"),
    });
    expect(await site.depth(queues.work)).toEqual({ waiting: 0, held: 0 });
    expect((await jobOf())?.state).toBe("SUCCEEDED");
    expect(agent.isProtected).toBe(false);
  });

  it("that waits for messages leaves at once when it is asked to stop", async () => {
    const worker = startWorker();
    await eventually(
      "it is protected",
      async () => agent.asked,
      (asked) => asked.length > 0,
    );

    worker.kill("SIGTERM");

    expect(await exitCodeOf(worker)).toBe(0);
    expect(agent.isProtected).toBe(false);
  });

  it("takes no message where ECS wants fewer workers", async () => {
    agent.answer = "DEPLOYMENT_BLOCKED";

    const worker = await untilProtectionIsAsked();

    expect(await exitCodeOf(worker)).toBe(0);
    expect(await site.depth(queues.work)).toEqual({ waiting: 1, held: 0 });
  });

  it("takes no message without protection", async () => {
    agent.answer = "AccessDeniedException";

    const worker = await untilProtectionIsAsked();
    await exitCodeOf(worker);

    expect(worker.log()).toContain("ECS does not protect this task: AccessDeniedException not allowed");
    expect(await site.depth(queues.work)).toEqual({ waiting: 1, held: 0 });
  });

  it("takes no message while its pipeline is paused", async () => {
    await site.pipelines.introducePipeline({
      pipeline: "renditions",
      since: new Date().toISOString(),
      paused: true,
    });
    await site.pipelines.setPaused("renditions", true);
    const worker = startWorker();
    await ask();
    await eventually(
      "it has begun",
      async () => worker.log(),
      (log) => log.includes("Worker begins"),
    );

    worker.kill("SIGTERM");
    await exitCodeOf(worker);
    await site.pipelines.setPaused("renditions", false);

    expect(await site.depth(queues.work)).toEqual({ waiting: 1, held: 0 });
    expect(agent.asked).toEqual([]);
  });

  it("that is killed loses nothing: another takes its message up when its time is over", async () => {
    const worker = startWorker();
    const jobOf = await ask({ width: 1440, format: "avif" });
    await eventually("the job has begun", jobOf, (job) => job !== undefined, { pollMs: 5 });
    worker.kill("SIGKILL");
    await once(worker, "close");
    startWorker();

    const job = await ended(jobOf);

    expect(job).toMatchObject({ state: "SUCCEEDED", alone: true });
    expect(job.attempts.map(({ outcome }) => outcome)).toEqual(["platform", "succeeded"]);
  });

  it("works at one run and leaves where it was started for one", async () => {
    const { exitCode, log } = await site.runTask("renditions", "no-such-run");

    expect({ exitCode, log }).toMatchObject({
      exitCode: 75,
      log: expect.stringContaining("There is no run no-such-run"),
    });
  });

  it("says what is missing in its environment, and ends", async () => {
    const worker = startWorker({ SLIPWAY_WORK_QUEUE_URL: "" });

    expect(await exitCodeOf(worker)).toBe(1);
    expect(worker.log()).toContain("SLIPWAY_WORK_QUEUE_URL");
  });

  it("of a pipeline that is no queue's says so, and ends", async () => {
    const worker = startWorker({ SLIPWAY_PIPELINE: "images" });

    expect(await exitCodeOf(worker)).toBe(1);
    expect(worker.log()).toContain('pipelines.ts has no pipeline "images" with a queue as its source');
  });
});
