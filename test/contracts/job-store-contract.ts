import { beforeEach, describe, expect, it } from "@jest/globals";
import { claimJob, failJob, newJob, succeedJob, takeJob } from "#core/jobs/transitions.ts";
import type { Job } from "#core/jobs/job.ts";
import { type JobStore, recentKeyOf } from "#core/ports/job-store.ts";
import { aPipeline, later, must, TASK_ARN } from "../unit/support/builders.ts";

let pipelines = 0;

/** What every JobStore does; `make` may give the same store again: each test has a pipeline of its own. */
export function jobStoreContract(make: () => JobStore): void {
  let store: JobStore;
  let pipeline: string;
  beforeEach(() => {
    store = make();
    pipeline = `p${(pipelines += 1)}`;
  });

  const now = new Date();
  /** The id's first digit is its shard. */
  function aJob(number: number, change: Partial<Job> = {}): Job {
    const jobId = `${(number % 16).toString(16)}${pipeline}x${String(number).padStart(4, "0")}`;
    const source = {
      type: "upload",
      bucket: "b",
      key: `images/${number} 📷+%41.jpg`,
      versionId: "v",
      sizeBytes: number,
    } as const;
    return { ...newJob({ jobId, pipeline: aPipeline(pipeline), source, at: now }), ...change };
  }
  const due = (dueBy: Date, limit = 500) => store.listDue({ pipeline, dueBy: dueBy.toISOString(), limit });

  describe("creating", () => {
    it("writes a job that is read back as it was", async () => {
      const job = aJob(1, {
        result: { deep: JSON.parse("[".repeat(28) + "]".repeat(28)), of: [1, "é", null], number: 0.1 },
      });

      expect(await store.createJob(job)).toEqual({ saved: true });

      expect(await store.readJob(job.jobId)).toEqual(job);
    });

    it("answers the job that is there, unchanged", async () => {
      const first = aJob(1);
      await store.createJob(first);
      const second = { ...first, priority: "high" as const };

      expect(await store.createJob(second)).toEqual({ saved: false, current: first });
      expect(await store.readJob(first.jobId)).toEqual(first);
    });

    it("lets one of many at once win", async () => {
      const job = aJob(1);

      const results = await Promise.all(Array.from({ length: 10 }, () => store.createJob(job)));

      expect(results.filter(({ saved }) => saved)).toHaveLength(1);
    });
  });

  describe("saving", () => {
    it("replaces the revision before, and answers a late writer with what is there", async () => {
      const job = aJob(1);
      await store.createJob(job);
      const claimed = must(claimJob(job, "run-1", now));
      const other = must(claimJob(job, "run-2", now));

      expect(await store.saveJob(claimed)).toEqual({ saved: true });
      expect(await store.saveJob(other)).toEqual({ saved: false, current: claimed });
    });

    it("removes what the new revision does not have", async () => {
      const job = aJob(1);
      await store.createJob(job);
      const claimed = must(claimJob(job, "run-1", now));
      await store.saveJob(claimed);

      expect(await store.readJob(job.jobId)).toEqual(claimed);
    });

    it("writes no job that is not there", async () => {
      const job = must(claimJob(aJob(1), "run-1", now));

      expect(await store.saveJob(job)).toEqual({ saved: false, current: undefined });
      expect(await store.readJob(job.jobId)).toBeUndefined();
    });
  });

  describe("reading", () => {
    it("takes any number of ids, each job once, and leaves out what is not there", async () => {
      const jobs = Array.from({ length: 120 }, (_, number) => aJob(number));
      await Promise.all(jobs.map((job) => store.createJob(job)));
      const ids = jobs.map(({ jobId }) => jobId);

      const read = await store.readJobs([...ids, ...ids.slice(0, 5), "nobody"]);

      expect(read.map(({ jobId }) => jobId).sort()).toEqual(ids.sort());
      expect(await store.readJobs([])).toEqual([]);
    });

    it("does not show a job whose time to be remembered is over, and does not make it anew", async () => {
      const [start, end] = [later(-91 * 86_400, now), later(-90 * 86_400 - 60, now)];
      const job = aJob(1, { createdAt: start.toISOString() });
      await store.createJob(job);
      const claimed = must(claimJob(job, "r", start));
      await store.saveJob(claimed);
      const taken = must(takeJob(claimed, { runId: "r", attempt: 1, taskArn: TASK_ARN }, start));
      await store.saveJob(taken);
      await store.saveJob(must(succeedJob(taken, "r", 1, end)));

      expect(await store.readJob(job.jobId)).toBeUndefined();
      expect(await store.readJobs([job.jobId])).toEqual([]);
      expect(await store.createJob(job)).toMatchObject({ saved: false });
    });
  });

  describe("due jobs", () => {
    it("come oldest first over all shards, up to the moment and the limit", async () => {
      const jobs = Array.from({ length: 20 }, (_, number) =>
        aJob(number, { notBefore: later(number, now).toISOString() }),
      );
      await Promise.all(jobs.map((job) => store.createJob(job)));

      const numbers = async (...query: Parameters<typeof due>) =>
        (await due(...query)).map(({ sizeBytes }) => sizeBytes);
      expect(await numbers(later(9, now))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await numbers(later(100, now), 3)).toEqual([0, 1, 2]);
      expect(await numbers(later(-1, now))).toEqual([]);
    });

    it("come oldest first however many of them lie in one shard", async () => {
      // Every 16th number lies in the same shard: here 40 of the 50 oldest.
      const crowd = Array.from({ length: 40 }, (_, index) => 16 * index);
      const others = Array.from({ length: 30 }, (_, index) => 16 * index + 1 + (index % 15));
      const at = (number: number) => later(crowd.includes(number) ? number / 16 : number / 4, now);
      const jobs = [...crowd, ...others].map((number) =>
        aJob(number, { notBefore: at(number).toISOString() }),
      );
      await Promise.all(jobs.map((job) => store.createJob(job)));

      const times = jobs.map(({ notBefore = "" }) => notBefore).sort();
      const found = await due(later(1000, now), 45);
      expect(found.map(({ notBefore }) => notBefore)).toEqual(times.slice(0, 45));
    });

    it("say what the planner needs", async () => {
      await store.createJob(aJob(7));

      const { jobId, createdAt, notBefore = "" } = aJob(7);
      expect(await due(now)).toEqual([
        { jobId, pipeline, createdAt, notBefore, sizeBytes: 7, kind: "jpg/1" },
      ]);
    });

    it("say what a job needs that was tried before", async () => {
      const size = { cpu: 1024, memoryMiB: 4096 };
      const attempts = [{ runId: "r", outcome: "capacity" }] as const;
      await store.createJob(aJob(1, { alone: true, size, attempts }));

      expect(await due(now)).toMatchObject([{ alone: true, size, onDemand: true }]);
    });

    it("are of one pipeline, whatever its priority was when they came", async () => {
      await store.createJob(aJob(1, { priority: "high" }));
      await store.createJob(aJob(2, { priority: "low" }));

      expect(await due(now)).toHaveLength(2);
      expect(await store.nextDue([pipeline])).toEqual(new Map([[pipeline, now.toISOString()]]));
      expect(await store.listDue({ pipeline: `${pipeline}-2`, dueBy: now.toISOString(), limit: 5 })).toEqual(
        [],
      );
    });

    it("are no longer due once they are claimed, and again when they may be retried", async () => {
      const job = aJob(1);
      await store.createJob(job);
      const claimed = must(claimJob(job, "run-1", now));
      await store.saveJob(claimed);
      expect(await due(later(100, now))).toEqual([]);
      expect(await store.nextDue([pipeline])).toEqual(new Map());

      const failure = { class: "unknown", reason: "r", advice: "a", retry: "no" } as const;
      await store.saveJob(must(failJob(claimed, "run-1", failure, now)));
      expect(await due(later(100, now))).toEqual([]);
    });

    it("tell when the next one comes, of each pipeline that has one", async () => {
      const [other, idle] = [`${pipeline}-other`, `${pipeline}-idle`];
      await store.createJob(aJob(1, { notBefore: later(60, now).toISOString() }));
      await store.createJob(aJob(2, { notBefore: later(30, now).toISOString() }));
      await store.createJob(aJob(3, { pipeline: other, notBefore: later(45, now).toISOString() }));

      const pipelines = [pipeline, other, idle];
      expect(await store.nextDue(pipelines)).toEqual(
        new Map([
          [pipeline, later(30, now).toISOString()],
          [other, later(45, now).toISOString()],
        ]),
      );
    });
  });

  it("lists recent jobs newest first, page by page", async () => {
    const jobs = Array.from({ length: 5 }, (_, number) =>
      aJob(number, { createdAt: later(number, now).toISOString() }),
    );
    await Promise.all(jobs.map((job) => store.createJob(job)));

    const first = await store.listRecent({ pipeline, limit: 2 });
    const second = await store.listRecent({ pipeline, limit: 2, before: must(first[1]).createdAt });

    const numbers = [...first, ...second].map(({ source }) =>
      source.type === "upload" ? source.sizeBytes : -1,
    );
    expect(numbers).toEqual([4, 3, 2, 1]);
  });

  it("loses none and repeats none between two pages, where many were recorded in one moment", async () => {
    const jobs = Array.from({ length: 40 }, (_, number) => aJob(number, { createdAt: now.toISOString() }));
    await Promise.all(jobs.map((job) => store.createJob(job)));

    const first = await store.listRecent({ pipeline, limit: 25 });
    const second = await store.listRecent({ pipeline, limit: 25, before: recentKeyOf(must(first.at(-1))) });

    const ids = [...first, ...second].map(({ jobId }) => jobId);
    expect(ids.toSorted()).toEqual(jobs.map(({ jobId }) => jobId).toSorted());
  });
}
