import { describe, expect, it } from "@jest/globals";
import { aPipeline, must } from "../support/builders.ts";
import type { FaultPlan } from "../support/faults.ts";
import { Stage, uploadEvent } from "../support/stage.ts";
import { KEYS, idOf, jobOf, runOf, aStageWithUploads, tasksPerRun } from "./support/two-uploads.ts";

describe("a slice of dispatch", () => {
  it("writes the run, claims its jobs and starts one task for the pack", async () => {
    const stage = await aStageWithUploads();

    await stage.dispatch();

    expect(await runOf(stage)).toMatchObject({ state: "LAUNCHED", launches: 1 });
    expect((await runOf(stage)).manifest).toHaveLength(2);
    expect(await jobOf(stage)).toMatchObject({ state: "STARTING", attempts: [{ runId: "run-1" }] });
    expect(stage.launcher.tasks).toHaveLength(1);
    expect(await stage.runs.listFlights()).toMatchObject([{ runId: "run-1", jobs: 2, launched: true }]);
  });

  it("launches nothing twice, however often it is woken", async () => {
    const stage = await aStageWithUploads();

    for (let wake = 0; wake < 5; wake += 1) await stage.dispatch();

    expect(stage.launcher.launches).toHaveLength(1);
  });

  it("is not misled by an index that lags", async () => {
    const stage = new Stage({ indexLagMs: 5000 });
    for (const key of KEYS) await stage.intake(uploadEvent(key));
    stage.advance(5);
    await stage.dispatch();

    await stage.dispatch();

    expect(stage.launcher.launches).toHaveLength(1);
    expect(stage.messages.wakeUps.at(-1)).toEqual({ afterSeconds: 1 });
  });

  it("launches nothing of a paused pipeline", async () => {
    const stage = await aStageWithUploads();
    await stage.pipelineStore.introducePipeline({
      pipeline: "images",
      since: "2026-01-01T00:00:00Z",
      paused: true,
    });

    await stage.dispatch();

    expect(stage.launcher.launches).toEqual([]);
  });

  it("launches the jobs that waited when a deploy changed their pipeline's priority", async () => {
    const stage = await aStageWithUploads();

    await stage.dispatch({ pipelines: { images: aPipeline("images", { priority: "high" }) } });

    expect(stage.launcher.launches).toHaveLength(1);
  });

  it("goes on with the other pipelines when one cannot be read", async () => {
    const pipelines = { broken: aPipeline("broken"), images: aPipeline() };
    const stage = await aStageWithUploads({ pipelines });
    const { jobs } = stage.ports;
    const listDue: typeof jobs.listDue = async (query) => {
      if (query.pipeline === "broken") throw new Error("throttled");
      return jobs.listDue(query);
    };

    await stage.dispatch({
      jobs: new Proxy(jobs, {
        get: (target, name) => (name === "listDue" ? listDue : Reflect.get(target, name)),
      }),
    });

    expect(stage.launcher.launches).toHaveLength(1);
  });

  it("begins nothing when its time is nearly over, and wakes itself", async () => {
    const stage = await aStageWithUploads();
    stage.remainingMs = 3000;

    await stage.dispatch();

    expect(stage.launcher.launches).toEqual([]);
    expect(stage.messages.wakeUps).toEqual([{ afterSeconds: 1 }]);
  });

  it("wakes itself for a retry that is due soon", async () => {
    const stage = await aStageWithUploads();
    await stage.dispatch();
    const [task] = stage.launcher.tasks;
    await stage.runTask(must(task).taskArn, () => ({
      type: "failed",
      report: { reason: "busy", tryAgain: true },
    }));
    for (const body of stage.taskEvents.splice(0)) await stage.track(body);
    stage.messages.wakeUps.length = 0;

    await stage.dispatch();

    expect(stage.messages.wakeUps).toEqual([{ afterSeconds: 15 }]);
  });

  it("launches a job that killed its last run by itself, and the others together", async () => {
    const stage = await aStageWithUploads();
    const job = await jobOf(stage, "images/a.jpg");
    await stage.jobs.saveJob({ ...job, alone: true, revision: job.revision + 1 });

    await stage.dispatch();
    await stage.dispatch();

    const manifests = [await runOf(stage, "run-1"), await runOf(stage, "run-2")].map(
      ({ manifest }) => manifest,
    );
    expect(manifests).toEqual([
      [{ jobId: idOf("images/a.jpg"), attempt: 1 }],
      [{ jobId: idOf("images/b.jpg"), attempt: 1 }],
    ]);
  });
});

describe("a slice that is cut short", () => {
  const variants = (["none", "done"] as const).flatMap((effect) =>
    (["crash", "error"] as const).map((kind) => ({ effect, kind })),
  );

  async function callsOfASlice(): Promise<number> {
    const stage = await aStageWithUploads();
    stage.faults.arm(undefined);
    await stage.dispatch();
    return stage.faults.calls;
  }

  it.each(variants)(
    "at any call ($kind, effect $effect) is taken up by the next one",
    async ({ effect, kind }) => {
      const calls = await callsOfASlice();
      expect(calls).toBeGreaterThan(10);
      for (let call = 1; call <= calls; call += 1) await cutShortAt({ call, effect, kind });
    },
  );

  async function cutShortAt(plan: FaultPlan): Promise<void> {
    const stage = await aStageWithUploads();
    stage.faults.arm(plan);
    await stage.dispatch().catch(() => undefined);
    const story = { plan, strikes: stage.faults.strikes };
    stage.faults.arm(undefined);

    await stage.settle();

    const jobs = await Promise.all(KEYS.map((key) => jobOf(stage, key)));
    expect({ ...story, states: jobs.map(({ state }) => state) }).toEqual({
      plan,
      strikes: 1,
      states: ["SUCCEEDED", "SUCCEEDED"],
    });
    expect({ ...story, performed: stage.performed.length }).toEqual({ plan, strikes: 1, performed: 2 });
    expect({ ...story, tasks: tasksPerRun(stage).filter((count) => count !== 1) }).toEqual({
      plan,
      strikes: 1,
      tasks: [],
    });
    expect(await stage.runs.listFlights()).toEqual([]);
  }
});
