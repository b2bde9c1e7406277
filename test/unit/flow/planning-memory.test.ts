import { describe, expect, it } from "@jest/globals";
import { MemoryStage, OUT_OF_MEMORY, succeed, type Work } from "./support/memory-stage.ts";

/** Each job needs this much memory; a run that has less dies of it. */
const needs =
  (memoryMiB: (key: string) => number): Work =>
  (job, run) => {
    const key = job.source.type === "upload" ? job.source.key : "";
    return run.size.memoryMiB < memoryMiB(key) ? { type: "die", stop: OUT_OF_MEMORY } : succeed(job, run);
  };

describe("A job that runs out of memory", () => {
  it("climbs the sizes until it comes through, by the overrides of RunTask", async () => {
    const stage = new MemoryStage({ retry: { attempts: 1 } });
    const id = await stage.upload("a.tif");

    await stage.settle(needs(() => 7000));

    const overrides = stage.launcher.launches.map(({ overrides: { cpu, memory } }) => [cpu, memory]);
    expect(overrides).toEqual([
      [undefined, undefined],
      ["1024", "4096"],
      ["1024", "8192"],
    ]);
    expect(await stage.job(id)).toMatchObject({ state: "SUCCEEDED" });
  });

  it("fails at the pipeline's ceiling and is told", async () => {
    const stage = new MemoryStage({ maxSize: { cpu: 1024, memoryMiB: 4096 } });
    const id = await stage.upload("a.tif");

    await stage.settle(needs(() => 100_000));

    expect(await stage.job(id)).toMatchObject({
      state: "FAILED",
      failure: { class: "out-of-memory", retry: "no" },
      attempts: [{ outcome: "out-of-memory" }, { outcome: "out-of-memory" }],
    });
    expect(stage.messaging.announcements.map(({ type }) => type)).toContain("Job Failed");
  });

  it("takes nobody of its pack up with it", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 25 } });
    for (const name of ["a", "b", "c"]) await stage.upload(`${name}.jpg`);
    await stage.upload("large.tif");

    await stage.settle(needs((key) => (key.endsWith(".tif") ? 3000 : 100)));

    const larger = stage.launcher.launches.filter(({ overrides }) => overrides.memory !== undefined);
    expect(larger).toHaveLength(1);
    expect(stage.messaging.announcements.filter(({ type }) => type === "Job Succeeded")).toHaveLength(4);
  });

  it("teaches the pipeline in what size to start the next of its kind, and no other kind", async () => {
    const stage = new MemoryStage();
    await stage.upload("first.tif", 5000);
    await stage.settle(needs(() => 3000));
    const before = stage.launcher.launches.length;

    await stage.upload("second.tif", 5000);
    await stage.upload("tiny.tif", 50);
    await stage.upload("other.jpg", 5000);
    await stage.dispatch();

    const memories = stage.launcher.launches.slice(before).map(({ overrides }) => overrides.memory);
    expect(memories.sort()).toEqual(["4096", undefined, undefined]);
  });

  it("counts a run's cost and its vCPU by the size it had", async () => {
    const stage = new MemoryStage({ maxSize: { cpu: 2048, memoryMiB: 16_384 } });
    await stage.upload("a.tif");
    const work = needs(() => 16_000);
    for (let rung = 0; rung < 3; rung += 1) {
      await stage.dispatch();
      await stage.runTasks(work);
      stage.pass(60);
    }

    await stage.dispatch();

    expect((await stage.runs.listFlights()).map(({ vcpu }) => vcpu)).toEqual([2]);
    await stage.runTasks(work);
    const costs = stage.messaging.announcements.flatMap((told) =>
      told.type === "Run Stopped" ? [told.run.costUsd ?? 0] : [],
    );
    expect(costs).toEqual(costs.toSorted((one, other) => one - other));
    expect(new Set(costs).size).toBe(4);
  });
});

describe("A pipeline's finished runs", () => {
  it("teach how long its jobs take, so that the next packs are neither too long nor too many", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 100, maxSeconds: 120 }, capacity: { maxTasks: 2 } });
    await stage.upload("first.jpg");
    await stage.dispatch();
    await stage.runTasks(succeed, 30);
    for (let index = 0; index < 10; index += 1) await stage.upload(`${index}.jpg`);

    await stage.dispatch();

    expect(await stage.runTasks(succeed)).toEqual([4, 4]);
  });
});
