import { describe, expect, it } from "@jest/globals";
import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Flight } from "#core/runs/run.ts";
import { sweep } from "#flow/sweep/sweep.ts";
import { aPipeline, must } from "../support/builders.ts";
import { exited, Stage, UPLOADS, uploadEvent } from "../support/stage.ts";

const JOB_ID = uploadJobId({ pipeline: "images", bucket: UPLOADS, key: "images/a.jpg", versionId: "v1" });
const jobOf = async (stage: Stage) => must(await stage.jobs.readJob(JOB_ID));

/** One upload in a run whose task has been started; pipelines may wait 600 s for a start and 3600 s for an end. */
async function aLaunchedStage(): Promise<{ stage: Stage; taskArn: string }> {
  const stage = new Stage();
  await stage.intake(uploadEvent("images/a.jpg"));
  await stage.dispatch();
  return { stage, taskArn: must(stage.launcher.tasks[0]).taskArn };
}

/** Of a run that has expired. */
function aGoneFlight(runId: string, stage: Stage): Flight {
  const createdAt = stage.clock.now().toISOString();
  return { runId, pipeline: "images", vcpu: 1, jobs: 1, createdAt, launched: true };
}

describe("sweep", () => {
  it("sees the stop whose event was lost", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.runTask(taskArn);
    stage.taskEvents.length = 0;

    await stage.sweep();

    expect(await stage.runs.readRun("run-1")).toMatchObject({ state: "STOPPED" });
    expect(stage.messages.announcements.map(({ type }) => type)).toEqual(["Job Succeeded", "Run Stopped"]);
    expect(await stage.runs.listFlights()).toEqual([]);
  });

  it("ends what an earlier event began and did not finish", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.runTask(taskArn);
    const last = must(stage.taskEvents.at(-1));
    stage.taskEvents.length = 0;
    // Read and write the run, then die.
    stage.faults.arm({ call: 3, effect: "none", kind: "crash" });
    await expect(stage.track(last)).rejects.toThrow("call 3");
    stage.faults.arm(undefined);
    expect(await stage.runs.readRun("run-1")).toMatchObject({ state: "STOPPED" });

    await stage.sweep();

    expect(stage.messages.announcements.map(({ type }) => type)).toEqual(["Job Succeeded", "Run Stopped"]);
    expect(await stage.runs.listFlights()).toEqual([]);
  });

  it("gives a job of a task that ECS has forgotten another run", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    stage.change(taskArn, exited(1, stage.clock.now()));
    stage.taskEvents.length = 0;
    stage.advance(3601);

    await stage.sweep();

    expect(await jobOf(stage)).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "platform" }] });
  });

  it("does not take a task for lost that ECS does not show yet", async () => {
    const { stage } = await aLaunchedStage();
    stage.launcher.describe = async () => [];
    stage.advance(60);

    await stage.sweep();

    expect(await jobOf(stage)).toMatchObject({ state: "STARTING" });
  });

  it("nor one that ECS has made just now, after minutes in which it gave no answer", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    for (let launch = 1; launch <= 6; launch += 1) {
      stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "no answer" });
      await stage.dispatch();
      stage.advance(70);
    }
    await stage.dispatch();
    stage.launcher.describe = async () => [];

    await stage.sweep();

    expect(await jobOf(stage)).toMatchObject({ state: "STARTING" });
    stage.advance(301);
    await stage.sweep();
    expect(await jobOf(stage)).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "platform" }] });
  });

  it("stops a run that takes longer than its pipeline allows, and its jobs are tried again", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    stage.change(taskArn, { lastStatus: "RUNNING", startedAt: stage.clock.now().toISOString() });
    await stage.work(taskArn, () => ({ type: "interrupted" }));
    stage.advance(3601);

    await stage.sweep();

    const stop = must(stage.launcher.stops[0]);
    expect(stop.reason).toMatch(/^JOB_TIMEOUT/);
    await stage.track(
      stage.change(taskArn, {
        lastStatus: "STOPPED",
        stopCode: "UserInitiated",
        stoppedReason: stop.reason,
        containers: [{ name: "main", exitCode: 143 }],
      }),
    );
    expect(await jobOf(stage)).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "timeout" }] });
  });

  it("keeps a job's time where its image does not know of us, and leaves it to the task runner otherwise", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    stage.change(taskArn, { lastStatus: "RUNNING", startedAt: stage.clock.now().toISOString() });
    stage.advance(901);

    await stage.sweep();
    expect(stage.launcher.stops).toMatchObject([{ taskArn, reason: expect.stringMatching(/^JOB_TIMEOUT/) }]);

    const other = await aLaunchedStage();
    const startedAt = other.stage.clock.now().toISOString();
    other.stage.change(other.taskArn, { lastStatus: "RUNNING", startedAt });
    await other.stage.work(other.taskArn, () => ({ type: "interrupted" }));
    other.stage.advance(901);
    await other.stage.sweep();
    expect(other.stage.launcher.stops).toEqual([]);
  });

  it("stops a task that does not start in time", async () => {
    const { stage } = await aLaunchedStage();
    stage.advance(601);

    await stage.sweep();

    expect(stage.launcher.stops).toMatchObject([{ reason: expect.stringMatching(/^START_TIMEOUT/) }]);
  });

  it("stops a task that does not start though its pipeline is no longer in pipelines.ts", async () => {
    const { stage } = await aLaunchedStage();
    stage.advance(3601);

    await sweep({ ...stage.ports, pipelines: {} });

    expect(stage.launcher.stops).toMatchObject([{ reason: expect.stringMatching(/^START_TIMEOUT/) }]);
  });

  it("counts a task's time from the task and not from the launches before it that were throttled", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    for (let minute = 0; minute < 9; minute += 1) {
      stage.launcher.answers.push({
        type: "refused",
        errorName: "ThrottlingException",
        message: "Rate exceeded",
      });
      await stage.dispatch();
      stage.advance(61);
    }
    await stage.dispatch();
    stage.advance(120);

    await stage.sweep();

    expect(stage.launcher.tasks).toHaveLength(1);
    expect(stage.launcher.stops).toEqual([]);
  });

  it("wakes dispatch, which repeats a launch whose wake-up was lost", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "timed out" });
    await stage.dispatch();
    stage.messages.wakeUps.length = 0;
    stage.advance(300);

    await stage.sweep();
    expect(stage.messages.wakeUps).toEqual([{ afterSeconds: 0 }]);
    await stage.dispatch();

    expect(await stage.runs.readRun("run-1")).toMatchObject({ state: "LAUNCHED" });
  });

  it("repairs the others, and wakes dispatch, though one call fails", async () => {
    let call = 0;
    let strikes: number;
    do {
      call += 1;
      const { stage, taskArn } = await aLaunchedStage();
      await stage.runTask(taskArn);
      stage.taskEvents.length = 0;
      stage.faults.arm({ call, effect: "none", kind: "error" });
      const wakeUps = stage.messages.wakeUps.length;
      await stage.sweep();
      expect({ call, woken: stage.messages.wakeUps.length > wakeUps }).toEqual({ call, woken: true });
      ({ strikes } = stage.faults);
      stage.faults.arm(undefined);
      await stage.sweep();
      expect({ call, flights: await stage.runs.listFlights() }).toEqual({ call, flights: [] });
    } while (strikes > 0);
    expect(call).toBeGreaterThan(15);
  });

  it("repairs the other hundreds of flights where one hundred cannot be looked at", async () => {
    const stage = new Stage();
    const ids = Array.from({ length: 201 }, (_, run) => `gone-${String(run).padStart(3, "0")}`);
    for (const runId of ids) await stage.runs.addFlight(aGoneFlight(runId, stage));
    const { readRun } = stage.runs;
    stage.runs.readRun = async (runId) => {
      if (runId === ids[150]) throw new Error("DynamoDB does not answer.");
      return readRun.call(stage.runs, runId);
    };

    await stage.sweep();

    const left = (await stage.runs.listFlights()).map(({ runId }) => runId);
    expect(left).toEqual(ids.slice(100, 200));
  });

  it("wakes dispatch before anything else, so that a tick that dies has done so", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    stage.messages.wakeUps.length = 0;
    stage.faults.arm({ call: 2, effect: "none", kind: "crash" });

    await stage.sweep();

    expect(stage.messages.wakeUps).toEqual([{ afterSeconds: 0 }]);
  });

  it("fails where dispatch cannot be woken, so that the tick is repeated, and repairs all the same", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.runTask(taskArn);
    stage.taskEvents.length = 0;
    stage.messages.now = async () => Promise.reject(new Error("SQS does not answer."));

    await expect(stage.sweep()).rejects.toThrow("SQS does not answer.");

    expect(await stage.runs.readRun("run-1")).toMatchObject({ state: "STOPPED" });
  });

  it("goes on where the tick before had no more time, and comes round to the first", async () => {
    const stage = new Stage();
    for (let run = 1; run <= 5; run += 1) await stage.runs.addFlight(aGoneFlight(`gone-${run}`, stage));
    const looked: string[] = [];
    stage.runs.removeFlight = async (runId) => {
      looked.push(runId);
      stage.remainingMs -= 20_000;
    };
    const tick = async (): Promise<string[]> => {
      looked.length = 0;
      stage.remainingMs = 60_000;
      await stage.sweep();
      return [...looked];
    };

    expect([await tick(), await tick(), await tick()].map((ids) => ids.join(" "))).toEqual([
      "gone-1 gone-2",
      "gone-3 gone-4",
      "gone-5 gone-1",
    ]);
  });

  it("removes the flight of a run that has expired", async () => {
    const stage = new Stage();
    await stage.runs.addFlight(aGoneFlight("gone", stage));

    await stage.sweep();

    expect(await stage.runs.listFlights()).toEqual([]);
  });

  it("introduces a pipeline that no deploy has introduced, and leaves a known one as it is", async () => {
    const stage = new Stage({ pipelines: { images: aPipeline(), paused: aPipeline("paused") } });
    const known = { pipeline: "paused", since: "2026-01-01T00:00:00.000Z", paused: true };
    await stage.pipelineStore.introducePipeline(known);

    await stage.sweep();

    expect(await stage.pipelineStore.readPipeline("images")).toMatchObject({
      paused: false,
      uploads: { prefix: "images/" },
    });
    expect(await stage.pipelineStore.readPipeline("paused")).toEqual({
      ...known,
      uploads: { prefix: "paused/" },
    });
  });

  it("has a pipeline begin anew whose prefix a deploy has changed, where that deploy could not write so", async () => {
    const stage = new Stage();
    const known = { pipeline: "images", since: "2026-01-01T00:00:00.000Z", paused: true };
    await stage.pipelineStore.introducePipeline({ ...known, uploads: { prefix: "photos/" } });

    await stage.sweep();

    const now = stage.clock.now().toISOString();
    expect(await stage.pipelineStore.readPipeline("images")).toEqual({
      ...known,
      uploads: { prefix: "images/" },
      since: now,
      earlier: [{ prefix: "photos/", since: known.since, until: now }],
    });
  });

  it("leaves pending what a deploy is about to introduce, until that must be over", async () => {
    const stage = new Stage();
    const since = stage.clock.now().toISOString();
    const uploads = { prefix: "images/" };
    await stage.pipelineStore.introducePipeline({
      pipeline: "images",
      since,
      uploads,
      paused: false,
      pending: true,
    });

    await stage.sweep();
    expect(await stage.pipelineStore.readPipeline("images")).toMatchObject({ pending: true });
    stage.advance(4 * 3600 + 1);
    await stage.sweep();

    expect(await stage.pipelineStore.readPipeline("images")).toEqual({
      pipeline: "images",
      since,
      uploads,
      paused: false,
    });
  });
});
