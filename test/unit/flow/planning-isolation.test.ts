import { describe, expect, it } from "@jest/globals";
import { cancelJob } from "#core/jobs/transitions.ts";
import { moveJob } from "#flow/save.ts";
import { INTERRUPTED, KILLED, MemoryStage, succeed, type Work } from "./support/memory-stage.ts";

const killedBy =
  (poison: string): Work =>
  (job, run) =>
    job.jobId === poison ? { type: "die", stop: KILLED } : succeed(job, run);

async function uploadMany(stage: MemoryStage, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await stage.upload(`${index}.jpg`));
  return ids;
}

describe("A file that kills its task", () => {
  it("fails alone, and the rest of its pack succeeds", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 25 } });
    const ids = await uploadMany(stage, 9);
    const [poison = ""] = ids.slice(4);

    await stage.settle(killedBy(poison));

    const states = await Promise.all(ids.map(async (id) => (await stage.job(id)).state));
    expect(states).toEqual(ids.map((id) => (id === poison ? "FAILED" : "SUCCEEDED")));
    expect((await stage.job(poison)).failure).toMatchObject({ class: "application", retry: "no" });
  });

  it("is found among those that were worked on at the same time, who lose nothing by it", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 25 }, size: { cpu: 4096, memoryMiB: 8192 } });
    const ids = await uploadMany(stage, 8);
    const [poison = ""] = ids.slice(2);

    await stage.settle(killedBy(poison));

    const jobs = await Promise.all(ids.map((id) => stage.job(id)));
    expect(jobs.filter(({ state }) => state === "FAILED").map(({ jobId }) => jobId)).toEqual([poison]);
    expect(jobs.filter(({ state }) => state === "SUCCEEDED")).toHaveLength(7);
  });

  it("costs nobody else a job where a person has cancelled it while it was worked on", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 25 }, size: { cpu: 2048, memoryMiB: 4096 } });
    const [poison = "", good = ""] = await uploadMany(stage, 2);
    await stage.dispatch();
    await stage.runTasks(
      () => ({ type: "die", stop: KILLED }),
      1,
      async () => {
        await moveJob(stage.jobs, await stage.job(poison), (job) =>
          cancelJob(job, { reason: "Not wanted." }, stage.now),
        );
        return {};
      },
    );

    await stage.settle(succeed);

    expect(await stage.job(poison)).toMatchObject({ state: "CANCELLED" });
    expect(await stage.job(good)).toMatchObject({
      state: "SUCCEEDED",
      attempts: [{ outcome: "application" }, { outcome: "succeeded" }],
    });
  });

  it("stays alone, as do those who may have been it, when Spot interrupts the run that would show it", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 25 }, size: { cpu: 2048, memoryMiB: 4096 } });
    const ids = await uploadMany(stage, 2);
    for (const stop of [KILLED, INTERRUPTED]) {
      await stage.dispatch();
      await stage.runTasks(() => ({ type: "die", stop }));
      stage.pass(60);
    }

    await stage.dispatch();

    expect(await stage.runTasks(succeed)).toEqual([1, 1]);
    const states = await Promise.all(ids.map(async (id) => (await stage.job(id)).state));
    expect(states).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });
});

describe("A job that Spot fails", () => {
  it("goes on demand after its second interruption, and uses up no attempt", async () => {
    const stage = new MemoryStage({ retry: { attempts: 1 } });
    const id = await stage.upload("a.jpg");
    const providers: string[] = [];
    for (const work of [
      () => ({ type: "die", stop: INTERRUPTED }) as const,
      () => ({ type: "die", stop: INTERRUPTED }) as const,
      succeed,
    ]) {
      const requests = await stage.dispatch();
      providers.push(
        ...requests.map((request) => request.capacityProviderStrategy[0]?.capacityProvider ?? ""),
      );
      await stage.runTasks(work);
      stage.pass(60);
    }

    expect(providers).toEqual(["FARGATE_SPOT", "FARGATE_SPOT", "FARGATE"]);
    expect((await stage.job(id)).state).toBe("SUCCEEDED");
  });
});
