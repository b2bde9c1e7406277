import { describe, expect, test } from "@jest/globals";
import type { JobStore } from "#core/ports/job-store.ts";
import { trackTask } from "#flow/track-task.ts";
import { MemoryStage, succeed } from "./support/memory-stage.ts";

/** The store, and what was asked of it: the name of each call with how many jobs it was about. */
function counted(store: JobStore): { jobs: JobStore; asked: string[] } {
  const asked: string[] = [];
  const jobs = new Proxy(store, {
    get: (target, name) => {
      const call = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        const [first] = given;
        asked.push(Array.isArray(first) ? `${String(name)} ${first.length}` : String(name));
        return call.apply(target, given);
      };
    },
  });
  return { jobs, asked };
}

/** The store, where one call gets no answer. */
function without(call: keyof JobStore, store: JobStore): JobStore {
  return new Proxy(store, {
    get: (target, name) =>
      name === call
        ? () => Promise.reject(new Error("The table is away."))
        : (Reflect.get(target, name) as () => unknown).bind(target),
  });
}

describe("what a slice of dispatch reads", () => {
  test("is no index where nothing could be launched, and everything again when a task has ended", async () => {
    const stage = new MemoryStage({ capacity: { maxTasks: 1 } });
    for (let file = 0; file < 3; file += 1) await stage.upload(`${file}.jpg`);
    await stage.dispatch();
    const { jobs, asked } = counted(stage.jobs);

    expect(await stage.dispatch({ jobs })).toHaveLength(0);
    expect(asked).toEqual([]);

    await stage.runTasks(succeed);
    expect(await stage.dispatch({ jobs })).toHaveLength(1);
    expect(asked).toContain("listDue");
  });

  test("is the index's first job where nothing is due, and the list only where something is", async () => {
    const stage = new MemoryStage();
    const { jobs, asked } = counted(stage.jobs);

    await stage.dispatch({ jobs });
    expect(asked).toEqual(["nextDue 1"]);

    await stage.upload("one.jpg");
    await stage.dispatch({ jobs });
    expect(asked).toContain("listDue");
  });

  test("is the list all the same where the first job cannot be read", async () => {
    const stage = new MemoryStage();
    await stage.upload("one.jpg");

    expect(await stage.dispatch({ jobs: without("nextDue", stage.jobs) })).toHaveLength(1);
  });

  test("is looked at again half a minute later where the table did not answer", async () => {
    const stage = new MemoryStage();
    await stage.upload("one.jpg");

    expect(await stage.dispatch({ jobs: without("listDue", stage.jobs) })).toHaveLength(0);
    expect(stage.messaging.wakeUps).toEqual([{ afterSeconds: 30 }]);
  });

  test("is each job of a new run once", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 10 } });
    for (let file = 0; file < 10; file += 1) await stage.upload(`${file}.jpg`);
    const { jobs, asked } = counted(stage.jobs);

    await stage.dispatch({ jobs });

    expect(asked.filter((call) => call.startsWith("readJob"))).toEqual(["readJobs 10"]);
  });

  test("is more than the free tasks need only by a little, however long the queue", async () => {
    const stage = new MemoryStage({ capacity: { maxTasks: 2 }, pack: { maxJobs: 5 } });
    for (let file = 0; file < 100; file += 1) await stage.upload(`${file}.jpg`);
    const limits: number[] = [];
    const jobs = new Proxy(stage.jobs, {
      get: (target, name) =>
        name === "listDue"
          ? (query: Parameters<JobStore["listDue"]>[0]) => {
              limits.push(query.limit);
              return target.listDue(query);
            }
          : (Reflect.get(target, name) as () => unknown).bind(target),
    });

    expect(await stage.dispatch({ jobs })).toHaveLength(2);
    expect(limits).toEqual([35]);
  });
});

describe("what is read when a task has stopped", () => {
  test("is only the jobs that no report has told of, where it ended well", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 20 } });
    for (let file = 0; file < 10; file += 1) await stage.upload(`${file}.jpg`);
    const [request] = await stage.dispatch();
    const { jobs, asked } = counted(stage.jobs);
    const runId = request?.startedBy.replace("slipway/", "") ?? "";
    const worked = stage.runTasks(succeed, 1, async () => {
      for (const report of stage.messaging.reports)
        await trackTask({ type: "jobs-settled", ...report, jobIds: [...report.jobIds] }, stage.ports());
      stage.messaging.reports.length = 0;
      return { jobs };
    });

    expect(await worked).toEqual([10]);
    expect(asked).toEqual(["readJobs 0"]);
    expect((await stage.runs.readRun(runId))?.told).toHaveLength(10);
    expect(stage.messaging.announcements.map(({ type }) => type)).toHaveLength(11);
    const experience = await stage.pipelineStore.readExperience("images");
    expect(Object.values(experience?.kinds ?? {})).toEqual([{ seconds: 1 }]);
  });
});
