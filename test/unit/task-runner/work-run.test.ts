import { describe, expect, test } from "@jest/globals";
import { cancelJob } from "#core/jobs/transitions.ts";
import type { Outcome } from "#flow/work-run.ts";
import { workRun } from "#flow/work-run.ts";
import { aJob, aRun, succeed, TASK_ARN, WorkBench } from "./support/work-bench.ts";

const ids = (count: number) => Array.from({ length: count }, (_, index) => `job-${index + 1}`);
const benchOf = (count: number) =>
  new WorkBench(
    aRun(ids(count)),
    ids(count).map((jobId) => aJob(jobId)),
  );

describe("a task", () => {
  test("takes its run and each job, and settles them with their results", async () => {
    const bench = benchOf(2);

    const worked = await workRun(bench.worker(succeed), bench.ports());

    expect(worked).toEqual({ type: "worked", settled: 2, skipped: 0, left: 0 });
    expect(await bench.runs.read("run-1")).toMatchObject({ state: "TAKEN", takenBy: TASK_ARN });
    expect(await bench.jobs.read("job-2")).toMatchObject({
      state: "SUCCEEDED",
      result: { kind: "image" },
      attempts: [{ runId: "run-1", taskArn: TASK_ARN, outcome: "succeeded" }],
    });
  });

  test("reports a failure and leaves the decision to track", async () => {
    const bench = benchOf(1);

    await workRun(
      bench.worker(async () => ({
        type: "failed",
        report: { reason: "The file is empty (0 bytes).", tryAgain: false },
      })),
      bench.ports(),
    );

    expect(await bench.jobs.read("job-1")).toMatchObject({
      state: "RUNNING",
      reported: { reason: "The file is empty (0 bytes).", tryAgain: false },
    });
    expect(bench.reports).toEqual([["job-1"]]);
  });

  test.each([
    ["another task has the run", { state: "TAKEN", takenBy: "arn:another" } as const],
    ["the run was given up", { state: "GIVEN_UP" } as const],
    ["the run has stopped", { state: "STOPPED" } as const],
  ])("touches nothing where %s", async (_, change) => {
    const bench = new WorkBench(aRun(["job-1"], change), [aJob("job-1")]);

    const worked = await workRun(bench.worker(succeed), bench.ports());

    expect(worked.type).toBe("not-ours");
    expect([bench.worked, bench.jobs.writes, bench.runs.writes, bench.reports]).toEqual([[], 0, 0, []]);
  });

  test("takes the run although dispatch writes it at the same moment", async () => {
    const bench = benchOf(1);
    const ports = bench.ports();
    let overtaken = false;
    const saveRun: typeof ports.runs.saveRun = async (run) => {
      if (!overtaken) {
        overtaken = true;
        await ports.runs.saveRun({ ...aRun(["job-1"], { lastStatus: "PENDING" }), revision: 2 });
      }
      return ports.runs.saveRun(run);
    };

    const worked = await workRun(bench.worker(succeed), { ...ports, runs: { ...ports.runs, saveRun } });

    expect(worked).toMatchObject({ type: "worked", settled: 1 });
    expect(await bench.runs.read("run-1")).toMatchObject({ lastStatus: "PENDING", takenBy: TASK_ARN });
  });

  test.each([
    ["is of another attempt", aJob("job-1", { attempts: [{ runId: "old" }, { runId: "run-1" }] })],
    ["is held by another run", aJob("job-1", { attempts: [{ runId: "run-2" }] })],
    ["was cancelled", aJob("job-1", { state: "CANCELLED" })],
    ["is being worked on already", aJob("job-1", { state: "RUNNING" })],
  ])("skips a job that %s", async (_, job) => {
    const bench = new WorkBench(aRun(["job-1", "job-2"]), [job, aJob("job-2")]);

    const worked = await workRun(bench.worker(succeed), bench.ports());

    expect(worked).toEqual({ type: "worked", settled: 1, skipped: 1, left: 0 });
    expect(bench.worked).toEqual(["job-2"]);
    expect(await bench.jobs.read("job-1")).toEqual(job);
  });

  test("drops the outcome of a job that a person cancelled meanwhile", async () => {
    const bench = benchOf(1);

    const worked = await workRun(
      bench.worker(async ({ job }) => {
        await bench.jobs.save("job-1", cancelJob(job, { reason: "not wanted" }, new Date()) ?? job);
        return succeed();
      }),
      bench.ports(),
    );

    expect(worked).toMatchObject({ settled: 0, skipped: 1 });
    expect(await bench.jobs.read("job-1")).toMatchObject({ state: "CANCELLED" });
    expect(bench.reports).toEqual([]);
  });

  test("begins no further job once it has to stop, and leaves an interrupted one unsettled", async () => {
    const bench = benchOf(3);

    const worked = await workRun(
      bench.worker(async ({ job }) => {
        if (job.jobId === "job-1") return succeed();
        bench.stopping.abort();
        return { type: "interrupted" };
      }),
      bench.ports(),
    );

    expect(worked).toEqual({ type: "worked", settled: 1, skipped: 0, left: 2 });
    expect(bench.worked).toEqual(["job-1", "job-2"]);
    expect((await bench.jobs.read("job-2"))?.state).toBe("RUNNING");
    expect((await bench.jobs.read("job-3"))?.state).toBe("STARTING");
  });

  test("goes on with the others when the table fails for one job", async () => {
    const bench = benchOf(2);
    const ports = bench.ports();
    const jobs: typeof ports.jobs = {
      ...ports.jobs,
      saveJob: async (job) => {
        if (job.jobId === "job-1") throw new Error("InternalServerError");
        return ports.jobs.saveJob(job);
      },
    };

    const worked = await workRun(bench.worker(succeed), { ...ports, jobs });

    expect(worked).toEqual({ type: "worked", settled: 1, skipped: 0, left: 1 });
  });

  test("works at as many jobs at once as it may, and at no more", async () => {
    const bench = benchOf(6);
    let now = 0;
    let most = 0;
    const perform = async (): Promise<Outcome> => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return succeed();
    };

    await workRun(bench.worker(perform, { jobsAtOnce: () => 3 }), bench.ports());

    expect(most).toBe(3);
    expect(bench.worked.toSorted()).toEqual(ids(6));
  });

  test("puts a long result into the bucket, and says on the job where", async () => {
    const bench = benchOf(1);
    const result = { text: "x".repeat(9000) };

    await workRun(
      bench.worker(async () => ({ type: "succeeded", result })),
      bench.ports(),
    );

    expect((await bench.jobs.read("job-1"))?.result).toEqual({ resultKey: "jobs/job-1/1/result.json" });
    expect(bench.results.get("jobs/job-1/1/result.json")).toBe(JSON.stringify(result));
  });

  test("reports a result that the bucket does not take as a try that may be repeated", async () => {
    const bench = benchOf(1);
    const result = { text: "x".repeat(9000) };
    const results = {
      put: async () => {
        throw new Error("SlowDown");
      },
    };

    await workRun(
      bench.worker(async () => ({ type: "succeeded", result })),
      bench.ports({ results }),
    );

    expect((await bench.jobs.read("job-1"))?.reported).toMatchObject({ tryAgain: true });
  });
});

describe("the reports to track", () => {
  test("carry ten jobs each, and the rest at the end", async () => {
    const bench = benchOf(23);

    await workRun(bench.worker(succeed), bench.ports());

    expect(bench.reports.map((report) => report.length)).toEqual([10, 10, 3]);
    expect(bench.reports.flat()).toEqual(ids(23));
  });

  test("go out ten seconds after the first job where jobs are slow, for each is a write of the whole run", async () => {
    const bench = benchOf(5);

    await workRun(
      bench.worker(async () => {
        bench.pass(6);
        return succeed();
      }),
      bench.ports(),
    );

    expect(bench.reports).toEqual([["job-1", "job-2"], ["job-3", "job-4"], ["job-5"]]);
  });

  test("may be lost without harm to the work", async () => {
    const bench = benchOf(2);
    const reports = {
      send: async () => {
        throw new Error("the queue is away");
      },
    };

    const worked = await workRun(bench.worker(succeed), bench.ports({ reports }));

    expect(worked).toMatchObject({ type: "worked", settled: 2 });
  });
});
