import { describe, expect, it } from "@jest/globals";
import { uploadJobId } from "#core/jobs/job-id.ts";
import { sweep } from "#flow/sweep/sweep.ts";
import { trackMessage } from "#flow/track-task.ts";
import { aPipeline, must } from "../support/builders.ts";
import { exited, Stage, UPLOADS, uploadEvent } from "../support/stage.ts";

const HOUR = 3600;
const both = {
  images: aPipeline(),
  scans: aPipeline("scans", { source: { type: "upload", prefix: "scans/" } }),
};
const { scans } = both;
const JOB_ID = uploadJobId({ pipeline: "images", bucket: UPLOADS, key: "images/a.jpg", versionId: "v1" });

/** A file waits when its pipeline goes; sweep has known the pipeline. */
async function aStageThatRemovesImages(): Promise<Stage> {
  const stage = new Stage({ pipelines: both });
  await stage.intake(uploadEvent("images/a.jpg"));
  await stage.sweep();
  return stage;
}

const jobOf = async (stage: Stage) => must(await stage.jobs.readJob(JOB_ID));
const afterDeploy = (stage: Stage) => sweep({ ...stage.ports, pipelines: { scans } });

describe("what waits for a pipeline that was removed", () => {
  it("fails after an hour, with the reason and what to do, and is told", async () => {
    const stage = await aStageThatRemovesImages();
    await afterDeploy(stage);
    expect((await jobOf(stage)).state).toBe("RUNNABLE");

    stage.advance(HOUR);
    await afterDeploy(stage);

    expect(await jobOf(stage)).toMatchObject({
      state: "FAILED",
      failure: { class: "configuration", advice: expect.stringContaining("Put the pipeline back") },
    });
    expect(stage.messages.announcements.map(({ type }) => type)).toEqual(["Job Failed"]);
  });

  it("goes on where the pipeline is put back within the hour", async () => {
    const stage = await aStageThatRemovesImages();
    await afterDeploy(stage);
    stage.advance(HOUR / 2);
    await stage.sweep();
    stage.advance(HOUR);

    await stage.settle();

    expect((await jobOf(stage)).state).toBe("SUCCEEDED");
  });

  it("is not touched by older code that runs on for a moment and does not know the pipeline yet", async () => {
    const stage = await aStageThatRemovesImages();
    stage.advance(10 * HOUR);
    await afterDeploy(stage);
    stage.advance(HOUR / 60);
    await afterDeploy(stage);

    expect((await jobOf(stage)).state).toBe("RUNNABLE");
  });

  it("fails too where it is tried again long after", async () => {
    const stage = await aStageThatRemovesImages();
    const job = await jobOf(stage);
    const notBefore = new Date(stage.nowMs + 3 * HOUR * 1000).toISOString();
    await stage.jobs.saveJob({ ...job, notBefore, revision: job.revision + 1 });
    await afterDeploy(stage);
    stage.advance(2 * HOUR);
    await afterDeploy(stage);
    expect((await jobOf(stage)).state).toBe("RUNNABLE");

    stage.advance(2 * HOUR);
    await afterDeploy(stage);

    expect((await jobOf(stage)).state).toBe("FAILED");
  });

  it("stays due where its end could not be told, and keeps sweep from nothing else", async () => {
    const stage = await aStageThatRemovesImages();
    await afterDeploy(stage);
    stage.advance(HOUR);
    const announcements = { publish: async () => Promise.reject(new Error("EventBridge did not answer.")) };

    await sweep({ ...stage.ports, pipelines: { scans }, announcements });

    expect((await jobOf(stage)).state).toBe("RUNNABLE");
  });
});

describe("a run whose pipeline a function does not know", () => {
  /** Its task has stopped at once, without a word of its job. */
  async function aStoppedRun(ageSeconds: number): Promise<{ stage: Stage; stopped: string }> {
    const stage = new Stage({ pipelines: both });
    await stage.intake(uploadEvent("images/a.jpg"));
    await stage.dispatch();
    const { taskArn } = must(stage.launcher.tasks[0]);
    stage.advance(ageSeconds);
    return { stage, stopped: stage.change(taskArn, exited(1, stage.clock.now())) };
  }

  const trackOfBefore = (stage: Stage, body: string) =>
    trackMessage({ messageId: "m", body }, { ...stage.ports, pipelines: { scans } });

  it("is left to newer code where it is young: a deploy may have added the pipeline just now", async () => {
    const { stage, stopped } = await aStoppedRun(60);

    await trackOfBefore(stage, stopped);
    expect((await jobOf(stage)).state).toBe("STARTING");
    await stage.sweep();

    expect(await jobOf(stage)).toMatchObject({ state: "FAILED", failure: { class: "application" } });
    expect(await stage.runs.listFlights()).toEqual([]);
  });

  it("fails its jobs where it is older: then the pipeline was removed", async () => {
    const { stage, stopped } = await aStoppedRun(HOUR);

    await trackOfBefore(stage, stopped);

    expect(await jobOf(stage)).toMatchObject({ state: "FAILED", failure: { class: "configuration" } });
  });
});
