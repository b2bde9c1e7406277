import { describe, expect, it } from "@jest/globals";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import { must } from "../support/builders.ts";
import { exited, type Stage } from "../support/stage.ts";
import { aLaunchedStage, aStageWithUploads, follow, runOf } from "./support/two-uploads.ts";

const NO_ANSWER: LaunchResult = { type: "unknown", errorName: "TimeoutError", message: "timed out" };

/** Dispatch heard of no task for ten minutes and gave the run up; ECS made one after all. */
async function aGivenUpRun(): Promise<{ stage: Stage; taskArn: string }> {
  const stage = await aStageWithUploads();
  stage.launcher.answers.push(NO_ANSWER);
  await stage.dispatch();
  const task = stage.launcher.start((await runOf(stage)).request);
  stage.advance(601);
  await stage.dispatch();
  expect(await runOf(stage)).toMatchObject({ state: "GIVEN_UP" });
  return { stage, taskArn: task.taskArn };
}

const stopped = ({ launcher }: Stage) => launcher.stops.map(({ taskArn }) => taskArn);
const reasons = ({ launcher }: Stage) => launcher.stops.map(({ reason }) => reason);

describe("a task that works for no run", () => {
  it("is stopped when it shows itself after its run was given up", async () => {
    const { stage, taskArn } = await aGivenUpRun();

    await stage.track(stage.change(taskArn, { lastStatus: "RUNNING" }));

    expect(stopped(stage)).toEqual([taskArn]);
    expect(reasons(stage)).toEqual([expect.stringMatching(/^TASK_WITHOUT_RUN/)]);
  });

  it("is stopped once: who is told of its end again does nothing more", async () => {
    const { stage, taskArn } = await aGivenUpRun();
    await stage.track(stage.change(taskArn, { lastStatus: "RUNNING" }));

    await stage.track(stage.change(taskArn, { lastStatus: "DEACTIVATING" }));
    await stage.track(stage.change(taskArn, exited(143, stage.clock.now())));

    expect(stopped(stage)).toEqual([taskArn]);
    expect(await runOf(stage)).toMatchObject({ state: "GIVEN_UP" });
  });

  it("is stopped by sweep where no event came", async () => {
    const { stage, taskArn } = await aGivenUpRun();

    await stage.sweep();

    expect(stopped(stage)).toEqual([taskArn]);
  });

  it("is stopped where another task has taken the run", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const second = stage.launcher.start((await runOf(stage)).request);
    await stage.work(second.taskArn, () => ({ type: "interrupted" }));

    await stage.track(stage.change(taskArn, { lastStatus: "RUNNING" }));
    await stage.track(stage.change(second.taskArn, { lastStatus: "RUNNING" }));

    expect(stopped(stage)).toEqual([taskArn]);
  });

  it("is stopped where its run is on record no more", async () => {
    const { stage } = await aLaunchedStage();
    const request = { ...must(stage.launcher.launches[0]), startedBy: "slipway/long-ago", clientToken: "t" };
    const { taskArn } = stage.launcher.start(request);

    await stage.sweep();

    expect(stopped(stage)).toEqual([taskArn]);
  });

  it("is stopped where ECS did not show it for a moment and its run was taken for lost", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.track(stage.change(taskArn, { lastStatus: "RUNNING" }));
    const { describe: shown } = stage.launcher;
    stage.launcher.describe = async () => [];
    stage.advance(301);
    await stage.sweep();
    expect(await runOf(stage)).toMatchObject({ state: "STOPPED", verdict: { class: "platform" } });
    stage.launcher.describe = shown;

    await stage.sweep();

    expect(stopped(stage)).toEqual([taskArn]);
  });

  it("is not one of two of which neither has taken the run: that one may be about to", async () => {
    const { stage } = await aLaunchedStage();
    const second = stage.launcher.start((await runOf(stage)).request);

    await stage.track(stage.change(second.taskArn, { lastStatus: "RUNNING" }));

    expect(stopped(stage)).toEqual([]);
  });

  it("is none of somebody else's", async () => {
    const { stage } = await aLaunchedStage();
    const request = { ...must(stage.launcher.launches[0]), startedBy: "ecs-svc/1", clientToken: "t" };
    stage.launcher.start(request);

    await stage.sweep();

    expect(stopped(stage)).toEqual([]);
  });
});

describe("what a task said earlier", () => {
  it("does not stop it where it comes after its end", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const early = stage.change(taskArn, { lastStatus: "RUNNING" });
    stage.taskEvents.length = 0;
    stage.change(taskArn, exited(0, stage.clock.now()));
    await follow(stage);

    await stage.track(early);

    expect(stopped(stage)).toEqual([]);
  });
});

describe("a task that dispatch has not heard of", () => {
  it("is given to its run by sweep", async () => {
    const stage = await aStageWithUploads();
    stage.launcher.answers.push(NO_ANSWER);
    await stage.dispatch();
    const { taskArn } = stage.launcher.start((await runOf(stage)).request);

    await stage.sweep();

    expect(await runOf(stage)).toMatchObject({ state: "LAUNCHED", taskArn });
    expect(stopped(stage)).toEqual([]);
  });
});

describe("sweep's look at the cluster", () => {
  it("goes on in the next tick where it had to stop, and begins anew where ECS has forgotten the page", async () => {
    const { stage, taskArn } = await aGivenUpRun();
    const { list } = stage.launcher;
    const asked: (string | undefined)[] = [];
    stage.launcher.list = async (next) => {
      asked.push(next);
      if (next === "forgotten") throw new Error("Invalid token in next token");
      return next === undefined ? { taskArns: [], next: "page-2" } : list.call(stage.launcher);
    };
    stage.remainingMs = 20_000;
    await stage.sweep();
    expect(stopped(stage)).toEqual([]);

    await stage.sweep();
    expect(stopped(stage)).toEqual([taskArn]);
    await stage.pipelineStore.saveSweepPosition({ flights: "", tasks: "forgotten", notices: "" });
    await stage.sweep();

    expect(asked).toEqual([undefined, "page-2", "forgotten", undefined]);
  });

  it("is not kept from the others by one task that cannot be stopped", async () => {
    const { stage, taskArn } = await aGivenUpRun();
    const second = stage.launcher.start(must(stage.launcher.launches[0]));
    const { stop } = stage.launcher;
    stage.launcher.stop = async (arn, reason) => {
      if (arn === taskArn) throw new Error("ThrottlingException");
      await stop.call(stage.launcher, arn, reason);
    };

    await stage.sweep();

    expect(stopped(stage)).toEqual([second.taskArn]);
  });
});
