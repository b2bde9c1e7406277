import { describe, expect, it } from "@jest/globals";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import { must } from "../support/builders.ts";
import { MemoryStage } from "./support/memory-stage.ts";

const THROTTLED: LaunchResult = {
  type: "refused",
  errorName: "ThrottlingException",
  message: "Rate exceeded",
};
const EXPIRED: LaunchResult = {
  type: "refused",
  errorName: "ExpiredTokenException",
  message: "Token expired",
};
const NO_ANSWER: LaunchResult = { type: "unknown", errorName: "TimeoutError", message: "timed out" };

/** Files whose runs are planned, and at whose launch ECS has answered as given. */
async function aStageWithPlannedRuns(answer: LaunchResult, files = 1): Promise<MemoryStage> {
  const stage = new MemoryStage({ pack: { maxJobs: 1 } });
  await stage.pipelineStore.introducePipeline({ pipeline: "images", since: "", paused: false });
  for (let file = 0; file < files; file += 1) await stage.upload(`${file}.jpg`);
  stage.launcher.answers.push(...Array.from({ length: files }, () => answer));
  await stage.dispatch();
  stage.pass(90);
  return stage;
}

const states = async (stage: MemoryStage) => {
  const runs = await Promise.all(
    (await stage.runs.listFlights()).map(({ runId }) => stage.runs.readRun(runId)),
  );
  return runs.map((run) => must(run).state);
};

describe("a run that was planned before a person paused its pipeline", () => {
  it("is not launched any more: its jobs wait until the pipeline is resumed, and have lost no try", async () => {
    const stage = await aStageWithPlannedRuns(THROTTLED);
    await stage.pipelineStore.setPaused("images", true);

    expect(await stage.dispatch()).toEqual([]);
    stage.pass(600);
    expect(await stage.dispatch()).toEqual([]);
    await stage.pipelineStore.setPaused("images", false);

    const [request] = await stage.dispatch();
    const run = must(await stage.runs.readRun(must(request).startedBy.replace("slipway/", "")));
    const job = await stage.job(must(run.manifest[0]).jobId);
    expect(job.attempts).toMatchObject([{ outcome: "released" }, { runId: run.runId }]);
  });

  it("is seen through where it is not known whether it has a task: nobody else may have its jobs", async () => {
    const stage = await aStageWithPlannedRuns(NO_ANSWER);
    await stage.pipelineStore.setPaused("images", true);

    expect(await stage.dispatch()).toHaveLength(1);

    expect(await states(stage)).toEqual(["LAUNCHED"]);
  });

  it("waits where nobody can say whether the pipeline is paused, and is looked at again soon", async () => {
    const stage = await aStageWithPlannedRuns(THROTTLED);
    const pipelineStore = Object.assign(Object.create(stage.pipelineStore) as typeof stage.pipelineStore, {
      readPipelines: async () => Promise.reject(new Error("The table did not answer.")),
    });

    const woken = stage.messaging.wakeUps.length;
    expect(await stage.dispatch({ pipelineStore })).toEqual([]);

    expect(stage.messaging.wakeUps.slice(woken)).toEqual([{ afterSeconds: 30 }]);
    expect(await stage.dispatch()).toHaveLength(1);
  });
});

describe("a run that may have a task", () => {
  it("counts against a lowered limit before all that certainly have none, however young it is", async () => {
    const stage = await aStageWithPlannedRuns(EXPIRED, 2);
    const second = must(await stage.runs.readRun("run-0002"));
    const { refusals: _, ...unsure } = second;
    const flight = must((await stage.runs.listFlights()).find(({ runId }) => runId === "run-0002"));
    await stage.runs.removeFlight("run-0002");
    await stage.runs.addFlight({ ...flight, createdAt: stage.now.toISOString() });
    await stage.runs.saveRun({ ...unsure, revision: second.revision + 1 });

    await stage.dispatch({ limits: { maxVcpu: 100, maxTasks: 1 } });

    expect((await stage.runs.listFlights()).map(({ runId }) => runId)).toEqual(["run-0002"]);
  });
});

describe("runs that were planned before a person lowered a limit", () => {
  it("are launched as far as the new limit goes, oldest first; the jobs of the others wait", async () => {
    const stage = await aStageWithPlannedRuns(EXPIRED, 3);
    expect(await states(stage)).toEqual(["PLANNED", "PLANNED", "PLANNED"]);

    await stage.dispatch({ limits: { maxVcpu: 100, maxTasks: 2 } });

    expect((await stage.runs.listFlights()).map(({ runId, launched }) => [runId, launched])).toEqual([
      ["run-0001", true],
      ["run-0002", true],
    ]);
  });
});
