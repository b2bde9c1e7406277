import { describe, expect, it } from "@jest/globals";
import { must } from "../support/builders.ts";
import { MemoryStage, succeed } from "./support/memory-stage.ts";

const GIB = 1024 ** 3;

function failed(stage: MemoryStage): string[] {
  return stage.messaging.announcements.flatMap((told) =>
    told.type === "Job Failed" ? [told.job.failure?.reason ?? ""] : [],
  );
}

describe("An object that no task's disk can hold", () => {
  it("fails before anything is launched, and is told once", async () => {
    const stage = new MemoryStage({ ephemeralStorageGiB: 200 });
    const id = await stage.upload("whole-archive.tar", 210 * GIB);

    expect(await stage.dispatch()).toEqual([]);
    await stage.dispatch();

    expect(await stage.job(id)).toMatchObject({
      state: "FAILED",
      attempts: [],
      failure: { class: "application", retry: "no" },
    });
    expect(failed(stage)).toEqual([
      "The object has 225485783040 bytes, and a task of its pipeline has room for 214681255936.",
    ]);
  });

  it("keeps nobody else from a run", async () => {
    const stage = new MemoryStage();
    await stage.upload("too-large.tar", 21 * GIB);
    const id = await stage.upload("small.jpg");

    await stage.settle(succeed);

    expect((await stage.job(id)).state).toBe("SUCCEEDED");
  });

  it("is told once more where dispatch died between the telling and the writing", async () => {
    const stage = new MemoryStage();
    const id = await stage.upload("too-large.tar", 21 * GIB);
    const dying = Object.assign(Object.create(stage.jobs) as typeof stage.jobs, {
      listDue: stage.jobs.listDue.bind(stage.jobs),
      readJobs: stage.jobs.readJobs.bind(stage.jobs),
      nextDue: stage.jobs.nextDue.bind(stage.jobs),
      saveJob: async () => Promise.reject(new Error("The function was killed.")),
    });

    await stage.dispatch({ jobs: dying });
    expect((await stage.job(id)).state).toBe("RUNNABLE");
    stage.pass(90);
    await stage.dispatch();

    expect((await stage.job(id)).state).toBe("FAILED");
    expect(failed(stage)).toHaveLength(2);
    // The same failure to those who count: they know it by its job and its time.
    const ends = stage.messaging.announcements.map((told) => ("job" in told ? told.job.endedAt : ""));
    expect(new Set(ends).size).toBe(1);
  });

  it("stays due where it could not be told", async () => {
    const stage = new MemoryStage();
    const id = await stage.upload("too-large.tar", 21 * GIB);
    const announcements = { publish: async () => Promise.reject(new Error("EventBridge did not answer.")) };

    expect(await stage.dispatch({ announcements })).toEqual([]);
    expect((await stage.job(id)).state).toBe("RUNNABLE");
  });
});

describe("A file that waits while a deploy changes its pipeline", () => {
  it("fails before a launch where the tasks may not read it any more, and says what to do", async () => {
    const stage = new MemoryStage();
    const id = await stage.upload("a.jpg");
    const { pipelines } = new MemoryStage({}, { prefix: "pictures/" });
    stage.pass(900);

    expect(await stage.dispatch({ pipelines })).toEqual([]);

    expect((await stage.job(id)).failure).toMatchObject({
      class: "configuration",
      retry: "no",
      reason: expect.stringContaining('only what is under "pictures/"'),
      advice: expect.stringContaining("retry the job"),
    });
  });

  it("fails so too where the pipeline has become one of ticks", async () => {
    const stage = new MemoryStage();
    const id = await stage.upload("a.jpg");
    const images = must(stage.pipelines["images"]);
    const source = { type: "schedule", expression: "rate(1 hour)" } as const;

    stage.pass(900);

    await stage.dispatch({ pipelines: { images: { ...images, source } } });

    expect((await stage.job(id)).failure).toMatchObject({
      class: "configuration",
      reason: expect.stringContaining("no uploads"),
    });
  });

  it("is left to newer code where it is young: it may have been put there by that, and this slice be of before", async () => {
    const stage = new MemoryStage();
    const id = await stage.upload("a.jpg");
    const { pipelines: ofBefore } = new MemoryStage({}, { prefix: "pictures/" });

    expect(await stage.dispatch({ pipelines: ofBefore })).toEqual([]);

    expect((await stage.job(id)).state).toBe("RUNNABLE");
    expect(await stage.dispatch()).toHaveLength(1);
  });

  it("goes on where the new prefix takes it as well", async () => {
    const stage = new MemoryStage();
    await stage.upload("raw/a.jpg");
    const { pipelines } = new MemoryStage({}, { prefix: "images/raw/" });

    expect(await stage.dispatch({ pipelines })).toHaveLength(1);
  });
});

describe("A job that is refused after its pipeline was paused for months", () => {
  it("ends today, so that what is kept of it is there to be read", async () => {
    const stage = new MemoryStage();
    const id = await stage.upload("too-large.tar", 21 * GIB);
    stage.pass(100 * 86_400);

    await stage.dispatch();

    const { endedAt } = await stage.job(id);
    expect(endedAt?.slice(0, 10)).toBe(stage.now.toISOString().slice(0, 10));
  });
});

describe("An empty file", () => {
  it("is work like any other, unless the pipeline says otherwise", async () => {
    const stage = new MemoryStage();
    await stage.upload("empty.txt", 0);

    expect(await stage.dispatch()).toHaveLength(1);
  });

  it("fails at once where the pipeline says fail", async () => {
    const stage = new MemoryStage({}, { emptyFiles: "fail" });
    await stage.upload("empty.txt", 0);

    expect(await stage.dispatch()).toEqual([]);
    expect(failed(stage)).toEqual([
      "The object is empty, and its pipeline wants none (source.emptyFiles: fail).",
    ]);
  });
});

describe("A paused pipeline", () => {
  it("launches nothing until it is resumed, and loses nothing by it", async () => {
    const stage = new MemoryStage();
    await stage.pipelineStore.introducePipeline({
      pipeline: "images",
      since: stage.now.toISOString(),
      paused: true,
    });
    const id = await stage.upload("a.jpg");

    expect(await stage.dispatch()).toEqual([]);
    await stage.pipelineStore.setPaused("images", false);
    await stage.settle(succeed);

    expect(await stage.job(id)).toMatchObject({ state: "SUCCEEDED", attempts: [{ outcome: "succeeded" }] });
  });
});
