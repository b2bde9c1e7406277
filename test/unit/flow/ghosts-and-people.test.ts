import { describe, expect, it } from "@jest/globals";
import { cancelJob, retryByPerson } from "#core/jobs/transitions.ts";
import { moveJob } from "#flow/save.ts";
import { must } from "../support/builders.ts";
import { exited } from "../support/stage.ts";
import { KEYS, idOf, jobOf, aLaunchedStage, failed, follow, told, ALL_WELL } from "./support/two-uploads.ts";

describe("one stop event", () => {
  it("that two handlers follow at once tells one failure: both name the job and the same moment", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.work(taskArn, () => failed("The file is no picture.", false));
    const stopped = stage.change(taskArn, exited(0, stage.clock.now()));

    await Promise.all([stage.track(stopped), stage.track(stopped), stage.track(stopped)]);

    const failures = stage.messages.announcements.flatMap((each) =>
      each.type === "Job Failed" ? [`${each.job.jobId} ${each.job.endedAt}`] : [],
    );
    expect(failures.length).toBeGreaterThan(KEYS.length);
    expect(new Set(failures).size).toBe(KEYS.length);
    expect((await jobOf(stage)).attempts).toHaveLength(1);
  });
});

describe("two tasks of one run", () => {
  it("make one result, and the second one's events settle nothing", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const ghost = stage.launcher.start(must(await stage.runs.readRun("run-1")).request);
    await stage.work(ghost.taskArn);

    await stage.work(taskArn);
    const endOfSecond = stage.change(taskArn, exited(0, stage.clock.now()));
    await stage.track(endOfSecond);

    expect(stage.performed).toHaveLength(2);
    expect(await stage.runs.readRun("run-1")).toMatchObject({
      state: "TAKEN",
      takenBy: ghost.taskArn,
      taskArn: ghost.taskArn,
    });
    expect(await stage.runs.listFlights()).toHaveLength(1);
    stage.change(ghost.taskArn, exited(0, stage.clock.now()));
    await follow(stage);
    expect(told(stage)).toEqual(ALL_WELL);
  });

  it("are both watched: sweep sees the end of the one that took the run", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const ghost = stage.launcher.start(must(await stage.runs.readRun("run-1")).request);
    await stage.work(ghost.taskArn);
    stage.change(taskArn, exited(0, stage.clock.now()));
    stage.change(ghost.taskArn, exited(0, stage.clock.now()));
    stage.taskEvents.length = 0;

    await stage.sweep();

    expect(await stage.runs.listFlights()).toEqual([]);
    expect(told(stage)).toEqual(ALL_WELL);
  });
});

describe("a person", () => {
  it("cancels a job while it runs: the outcome is dropped, the others are settled", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const cancelled = await jobOf(stage);
    await moveJob(stage.jobs, cancelled, (job) =>
      cancelJob(job, { reason: "not wanted" }, stage.clock.now()),
    );

    await stage.runTask(taskArn);
    await follow(stage);

    expect(await jobOf(stage)).toMatchObject({ state: "CANCELLED", attempts: [{ outcome: "cancelled" }] });
    expect(await jobOf(stage, "images/b.jpg")).toMatchObject({ state: "SUCCEEDED" });
    expect(stage.performed).toEqual([`${idOf("images/b.jpg")}/1`]);
    expect(await stage.runs.listFlights()).toEqual([]);
  });

  it("retries a job while its old run still lives: the old run's end does not touch the new attempt", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.work(taskArn, () => failed("not an image", false));
    await follow(stage);
    await moveJob(stage.jobs, await jobOf(stage), (job) => retryByPerson(job, stage.clock.now()));
    await stage.dispatch();
    const second = must(stage.launcher.tasks[1]);
    await stage.work(second.taskArn, () => ({ type: "interrupted" }));

    stage.change(taskArn, exited(0, stage.clock.now()));
    await follow(stage);

    expect(await jobOf(stage)).toMatchObject({
      state: "RUNNING",
      attempts: [{ runId: "run-1", outcome: "application" }, { runId: "run-2" }],
    });
    expect((await stage.runs.listFlights()).map(({ runId }) => runId)).toEqual(["run-2"]);
  });

  it("gets the tries for Spot and capacity too when they retry a job that had used all", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.work(taskArn, () => failed("not an image", false));
    await follow(stage);
    const spent = Array.from({ length: 3 }, (_, n) => ({
      runId: `old-${n}`,
      outcome: "application" as const,
    }));
    await moveJob(stage.jobs, await jobOf(stage), (job) => {
      const again = retryByPerson(job, stage.clock.now());
      return again === undefined ? undefined : { ...again, attempts: spent };
    });
    await stage.dispatch();
    stage.change(must(stage.launcher.tasks[1]).taskArn, {
      lastStatus: "STOPPED",
      stopCode: "SpotInterruption",
      containers: [],
    });

    await follow(stage);

    expect(await jobOf(stage)).toMatchObject({ state: "RUNNABLE" });
  });
});
