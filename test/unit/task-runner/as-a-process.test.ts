import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import exifr from "exifr";
import sharp from "sharp";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Job, JobSource } from "#core/jobs/job.ts";
import { ObjectCreated } from "#events/s3/object-created.ts";
import { JobsSettled } from "#events/slipway/jobs-settled.ts";
import { TaskSite } from "./support/task-site.ts";
import { aJob, aRun } from "./support/work-bench.ts";

const SAMPLES = path.resolve(import.meta.dirname, "../../../samples/files");
const sample = async (name: string) => readFile(path.join(SAMPLES, name));

let site: TaskSite;
beforeAll(async () => {
  site = await TaskSite.open();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** Records the jobs as dispatch leaves them, and the run that carries them. */
async function planRun(runId: string, sources: Readonly<Record<string, JobSource>>): Promise<void> {
  for (const [jobId, source] of Object.entries(sources)) {
    await site.jobs.createJob(aJob(jobId, { source, attempts: [{ runId }], revision: 1 }));
  }
  await site.runs.createRun(aRun(Object.keys(sources), { runId }));
}

describe("the media task as a process", () => {
  test("settles a good and a bad picture, and reports both", async () => {
    await planRun("run-a", {
      good: await site.upload("images/Summer + 100% 🎉.jpg", await sample("harbour-at-dusk.jpg")),
      bad: await site.upload("images/pdf-named.jpg", await sample("pdf-named.jpg")),
    });

    const { exitCode } = await site.runTask("media", "run-a");

    expect(exitCode).toBe(0);
    expect(await site.jobs.readJob("good")).toMatchObject({
      state: "SUCCEEDED",
      result: { kind: "image", width: 1440, height: 960, gps: { latitude: 57.7042, longitude: 11.9584 } },
    });
    expect(await site.jobs.readJob("bad")).toMatchObject({
      state: "RUNNING",
      reported: { reason: "The file is a PDF document, not an image.", tryAgain: false },
    });
    const reports = await site.messages(site.queues.reports);
    expect(reports.flatMap((report) => JobsSettled.parse(report).jobIds).toSorted()).toEqual(["bad", "good"]);
    expect(await site.resultKeys()).toEqual(
      expect.arrayContaining([
        "jobs/good/1/thumb-1280.webp",
        "jobs/good/1/thumb-320.webp",
        "jobs/good/1/thumb-640.webp",
      ]),
    );
  });

  test("writes thumbnails that tell nothing of the camera or the place", async () => {
    await planRun("run-b", { place: await site.upload("images/place.jpg", await sample("bay.jpg")) });

    await site.runTask("media", "run-b");

    const thumbnail = Buffer.from(await site.readResult("jobs/place/1/thumb-240.webp"));
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: "webp", width: 240, height: 160 });
    expect(await exifr.parse(thumbnail).catch(() => undefined)).toBeUndefined();
  });

  test("leaves a run that another task has taken, with exit code 0", async () => {
    const source = await site.upload("images/taken.jpg", await sample("bay.jpg"));
    await planRun("run-c", { taken: source });
    const run = await site.runs.readRun("run-c");
    await site.runs.saveRun({
      ...aRun(["taken"], { runId: "run-c", state: "TAKEN", takenBy: "arn:other" }),
      revision: 2,
    });

    const { exitCode, log } = await site.runTask("media", "run-c");

    expect(run?.revision).toBe(1);
    expect(exitCode).toBe(0);
    expect(log).toContain("taken by arn:other");
    expect(await site.jobs.readJob("taken")).toMatchObject({ state: "STARTING" });
  });

  test("fails a job whose object was deleted meanwhile", async () => {
    const source = await site.upload("images/gone.jpg", await sample("bay.jpg"));
    await planRun("run-d", { gone: source });
    await site.deleteVersion(source);

    const { exitCode } = await site.runTask("media", "run-d");

    expect(exitCode).toBe(0);
    expect(await site.jobs.readJob("gone")).toMatchObject({
      reported: { reason: expect.stringContaining("deleted"), tryAgain: false },
    });
  });

  test("names every variable that it misses, with exit code 1", async () => {
    const { exitCode, log } = await site.runTask("media", "run-x", {
      SLIPWAY_JOBS_TABLE: "",
      SLIPWAY_JOB_TIMEOUT_SECONDS: "soon",
    });

    expect(exitCode).toBe(1);
    expect(log).toContain("SLIPWAY_JOBS_TABLE");
    expect(log).toContain("SLIPWAY_JOB_TIMEOUT_SECONDS");
  });

  test("asks for another try where its run is not in the table", async () => {
    const { exitCode, log } = await site.runTask("media", "run-unknown");

    expect(exitCode).toBe(75);
    expect(log).toContain("There is no run run-unknown");
  });

  test("begins no further job after SIGTERM, and ends with 143", async () => {
    const source = await site.upload("images/slow.jpg", await sample("harbour-at-dusk.jpg"));
    const ids = Array.from({ length: 40 }, (_, index) => `slow-${index}`);
    await planRun("run-e", Object.fromEntries(ids.map((id) => [id, source])));

    const task = site.startTask("media", "run-e");
    const ended = new Promise((resolve) => task.once("close", resolve));
    task.stdout?.once("data", () => task.kill("SIGTERM"));

    expect(await ended).toBe(143);
    const states = (await site.jobs.readJobs(ids)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(["SUCCEEDED", "STARTING"]));
  });
});

function resultOf(job: Job | undefined): { reportKey: string } {
  return job?.result as { reportKey: string };
}

describe("the inventory task as a process", () => {
  const INVENTORY = { INVENTORY_SETTLE_SECONDS: "0" };
  const tick = async (runId: string, jobId: string, environment = {}): Promise<Job | undefined> => {
    const aMinuteOn = new Date(Date.now() + 60_000).toISOString();
    const source = { type: "schedule", ruleArn: "arn:rule", tick: aMinuteOn } as const;
    await planRun(runId, { [jobId]: source });
    const { exitCode, log } = await site.runTask("inventory", runId, { ...INVENTORY, ...environment });
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: expect.not.stringContaining("ERROR") });
    return site.jobs.readJob(jobId);
  };

  test("sends intake the uploads that no job knows, and writes its report", async () => {
    await site.pipelines.introducePipeline({
      pipeline: "images",
      since: "2026-01-01T00:00:00.000Z",
      paused: false,
    });
    const known = await site.upload("images/known.jpg", "a");
    const lost = await site.upload("images/lost + 100%.jpg", "b");
    await site.upload("images/folder/", "");
    await site.upload("images/readme.md", "c");
    const knownId = uploadJobId({ pipeline: "images", ...known });
    await site.jobs.createJob(aJob(knownId, { source: known, revision: 1 }));

    const job = await tick("run-i1", "tick-1");

    expect(job).toMatchObject({ state: "SUCCEEDED" });
    const events = await site.messages(site.queues.intake);
    const versions = events.map((event) => ObjectCreated.parse(event).detail.object);
    expect(versions).toContainEqual({
      key: lost.key,
      size: 1,
      etag: expect.any(String),
      "version-id": lost.versionId,
    });
    expect(versions.map(({ key }) => key)).not.toEqual(expect.arrayContaining(["images/known.jpg"]));
    expect(versions.map(({ key }) => key)).not.toEqual(expect.arrayContaining(["images/folder/"]));
    expect(job?.result).toMatchObject({
      kind: "inventory",
      sent: versions.length,
      listed: versions.length + 1,
      tooOld: 0,
    });
    const report = Buffer.from(await site.readResult(resultOf(job).reportKey)).toString();
    expect(JSON.parse(report)).toMatchObject({ pipelines: { images: { known: 1, sent: versions.length } } });
  });

  test("leaves alone what has just come, for its event is on the way", async () => {
    await site.upload("images/fresh.jpg", "d");

    const job = await tick("run-i2", "tick-2", { INVENTORY_SETTLE_SECONDS: "3600" });

    expect(job?.result).toMatchObject({ sent: 0 });
    expect(await site.messages(site.queues.intake)).toEqual([]);
  });
});
