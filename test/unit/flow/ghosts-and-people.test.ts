import { describe, expect, it } from "@jest/globals";
import { cancelJob, retryByPerson } from "#core/jobs/transitions.ts";
import { takeRun } from "#core/runs/transitions.ts";
import { cancelByPerson, retryOnRequest } from "#flow/by-person.ts";
import { moveJob, moveRun } from "#flow/save.ts";
import { aJob, must } from "../support/builders.ts";
import { exited, Stage, uploadEvent } from "../support/stage.ts";
import {
  KEYS,
  idOf,
  jobOf,
  runOf,
  aLaunchedStage,
  failed,
  follow,
  told,
  ALL_WELL,
} from "./support/two-uploads.ts";

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

  it("stops the task of a cancelled job that it carries alone, and leaves one that carries others", async () => {
    const { stage: pack, taskArn: taskOfPack } = await aLaunchedStage();
    await cancelByPerson(await jobOf(pack), pack.ports);
    const alone = new Stage();
    await alone.intake(uploadEvent("images/a.jpg"));
    await alone.dispatch();
    await cancelByPerson(await jobOf(alone), alone.ports);

    expect(pack.launcher.stops.map(({ taskArn }) => taskArn)).not.toContain(taskOfPack);
    expect(alone.launcher.stops).toEqual([
      { taskArn: must(alone.launcher.tasks[0]).taskArn, reason: expect.stringMatching(/^JOB_CANCELLED/) },
    ]);
    expect(await alone.runs.readRun("run-1")).toMatchObject({ stopRequestedFor: "cancelled" });
  });

  it("has the stop asked for again where it came to nothing: by cancelling again, and by sweep", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    await stage.dispatch();
    const { stop } = stage.launcher;
    stage.launcher.stop = async () => Promise.reject(new Error("ThrottlingException"));
    await expect(cancelByPerson(await jobOf(stage), stage.ports)).rejects.toThrow("Throttling");
    stage.launcher.stop = stop;

    await stage.sweep();
    const again = await cancelByPerson(await jobOf(stage), stage.ports);

    expect(again.type).toBe("done");
    expect(stage.launcher.stops.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^JOB_CANCELLED/),
      expect.stringMatching(/^JOB_CANCELLED/),
    ]);
  });

  it("has a task stopped that was only being launched when they cancelled its job", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "timed out" });
    await stage.dispatch();
    const { taskArn } = stage.launcher.start((await runOf(stage)).request);

    await cancelByPerson(await jobOf(stage), stage.ports);
    await stage.track(stage.change(taskArn, { lastStatus: "PENDING" }));
    await stage.dispatch();
    await stage.sweep();

    expect(stage.launcher.stops).toMatchObject([{ taskArn }]);
  });

  it("cannot retry a job that they cancelled while its task may still be at it; when that has ended they can", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.work(taskArn, () => ({ type: "interrupted" }));
    await cancelByPerson(await jobOf(stage), stage.ports);

    expect(await retryOnRequest(await jobOf(stage), stage.ports)).toEqual({ type: "at-work" });
    expect((await jobOf(stage)).state).toBe("CANCELLED");
    stage.change(taskArn, exited(143, stage.clock.now()));
    await follow(stage);

    expect(await retryOnRequest(await jobOf(stage), stage.ports)).toMatchObject({ type: "done" });
    expect((await jobOf(stage)).state).toBe("RUNNABLE");
  });

  it("can retry at once a job that they cancelled before its turn in the pack came", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await moveRun(stage.runs, await runOf(stage), (run) => takeRun(run, taskArn, stage.clock.now()));
    await cancelByPerson(await jobOf(stage), stage.ports);

    expect(await retryOnRequest(await jobOf(stage), stage.ports)).toMatchObject({ type: "done" });
  });

  it("cannot retry what they took from a worker until its time is over: nobody stands behind it that would tell", async () => {
    const stage = new Stage();
    const startedAt = stage.clock.now().toISOString();
    const attempt = { runId: "worker/0123/1", startedAt, endedAt: startedAt, outcome: "cancelled" as const };
    const job = aJob({ state: "CANCELLED", attempts: [attempt] });
    await stage.jobs.createJob(job);
    const seconds = must(stage.pipelines["images"]).timeout.jobSeconds;

    expect(await retryOnRequest(job, stage.ports)).toMatchObject({
      type: "at-work",
      until: new Date(stage.nowMs + seconds * 1000),
    });
    stage.advance(seconds);

    expect(await retryOnRequest(job, stage.ports)).toMatchObject({ type: "done" });
  });

  it("is told where a job stands that cannot be cancelled or retried", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    expect(await retryOnRequest(await jobOf(stage), stage.ports)).toMatchObject({
      type: "refused",
      job: { state: "STARTING" },
    });
    await stage.runTask(taskArn);

    expect(await cancelByPerson(await jobOf(stage), stage.ports)).toMatchObject({
      type: "refused",
      job: { state: "SUCCEEDED" },
    });
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
