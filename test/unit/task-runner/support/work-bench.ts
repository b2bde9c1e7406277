import type { Job } from "#core/jobs/job.ts";
import { claimJob, newJob } from "#core/jobs/transitions.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";
import type { Run } from "#core/runs/run.ts";
import type { Assignment, Outcome, Worker, WorkPorts } from "#flow/work-run.ts";
import { pipelines } from "#pipelines";

const NOW = new Date("2026-11-22T20:00:00.000Z");
export const RUN_ID = "run-1";
export const TASK_ARN = "arn:aws:ecs:us-east-1:000000000000:task/slipway/abc";

const images = imagesPipeline();

export function aJob(jobId: string, change: Partial<Job> = {}): Job {
  const source = {
    type: "upload",
    bucket: "uploads",
    key: `images/${jobId}.jpg`,
    versionId: "v1",
    sizeBytes: 5,
  } as const;
  const made = newJob({ jobId, pipeline: images, source, at: NOW });
  return { ...(claimJob(made, RUN_ID, NOW) ?? made), ...change };
}

export function aRun(jobIds: readonly string[], change: Partial<Run> = {}): Run {
  const site = {
    cluster: "c",
    networks: { public: { subnets: ["s"], securityGroup: "g", publicAddress: true } },
    capacityProviders: {},
    taskDefinitions: { images: "images:1" },
  };
  return {
    runId: RUN_ID,
    pipeline: "images",
    state: "LAUNCHED",
    size: { cpu: 1024, memoryMiB: 2048 },
    spot: false,
    manifest: jobIds.map((jobId) => ({ jobId, attempt: 1 })),
    request: runTaskRequest(
      { runId: RUN_ID, pipeline: images, jobs: [], size: images.size, spot: false },
      site,
    ),
    createdAt: NOW.toISOString(),
    launches: 1,
    told: [],
    revision: 1,
    ...change,
  };
}

function imagesPipeline(): Pipeline {
  const pipeline = pipelines["images"];
  if (pipeline === undefined) throw new Error("pipelines.ts has no pipeline images");
  return pipeline;
}

/** Items that are replaced on condition of their revision, as the table does it. */
export class Shelf<T extends { readonly revision: number }> {
  readonly #items: Map<string, T>;
  writes = 0;

  constructor(items: Iterable<readonly [string, T]>) {
    this.#items = new Map(items);
  }

  async read(id: string): Promise<T | undefined> {
    return this.#items.get(id);
  }

  async save(id: string, item: T): Promise<SaveResult<T>> {
    const current = this.#items.get(id);
    if (current?.revision !== item.revision - 1) return { saved: false, current };
    this.#items.set(id, item);
    this.writes += 1;
    return { saved: true };
  }
}

/** A run with its jobs, and a task that may work at it. */
export class WorkBench {
  readonly jobs: Shelf<Job>;
  readonly runs: Shelf<Run>;
  readonly reports: string[][] = [];
  readonly results = new Map<string, string>();
  readonly worked: string[] = [];
  readonly stopping = new AbortController();
  #timers: { readonly atSecond: number; readonly callback: () => void }[] = [];
  #second = 0;

  constructor(run: Run, jobs: readonly Job[]) {
    this.runs = new Shelf([[run.runId, run]]);
    this.jobs = new Shelf(jobs.map((job) => [job.jobId, job]));
  }

  /** Time passes, and timers go off. */
  pass(seconds: number): void {
    this.#second += seconds;
    const due = this.#timers.filter(({ atSecond }) => atSecond <= this.#second);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
  }

  ports(change: Partial<WorkPorts> = {}): WorkPorts {
    return {
      jobs: {
        readJob: async (jobId) => this.jobs.read(jobId),
        saveJob: async (job) => this.jobs.save(job.jobId, job),
      },
      runs: {
        readRun: async (runId) => this.runs.read(runId),
        saveRun: async (run) => this.runs.save(run.runId, run),
      },
      results: { put: async ({ key, body }) => void this.results.set(key, String(body)) },
      reports: { send: async ({ jobIds }) => void this.reports.push([...jobIds]) },
      clock: { now: () => NOW },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      inSeconds: (seconds, callback) => {
        const timer = { atSecond: this.#second + seconds, callback };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
      ...change,
    };
  }

  worker(perform: (assignment: Assignment) => Promise<Outcome>, change: Partial<Worker> = {}): Worker {
    return {
      runId: RUN_ID,
      taskArn: TASK_ARN,
      jobsAtOnce: () => 1,
      stopping: this.stopping.signal,
      perform: async (assignment) => {
        this.worked.push(assignment.job.jobId);
        return perform(assignment);
      },
      ...change,
    };
  }
}

export const succeed = async (): Promise<Outcome> => ({ type: "succeeded", result: { kind: "image" } });
