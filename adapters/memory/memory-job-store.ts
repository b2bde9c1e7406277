import { isTerminal, type Job } from "#core/jobs/job.ts";
import { dueJobOf } from "#core/planning/due-job.ts";
import type { Clock } from "#core/ports/clock.ts";
import {
  type DueJob,
  type DueQuery,
  type JobStore,
  recentKeyOf,
  type SaveResult,
} from "#core/ports/job-store.ts";
import { MemoryTable } from "./memory-table.ts";
import { SortedDueJobs } from "./sorted-due-jobs.ts";

const DAY_MS = 86_400_000;

/** Jobs in memory, no kinder than the table: writes are conditional and its indexes show only what is older than their lag. */
export class MemoryJobStore implements JobStore {
  readonly #table = new MemoryTable<Job>();
  /** Writes that the indexes have not seen yet, in their order. */
  readonly #unseen: { readonly atMs: number; readonly job: Job }[] = [];
  readonly #seen = new Map<string, Job>();
  readonly #due = new Map<string, SortedDueJobs>();
  readonly #clock: Clock;
  readonly #indexLagMs: () => number;
  readonly #retentionDays: number;

  /** @param options.indexLagMs how far the indexes are behind; a function is asked at each look at them */
  constructor(options: { clock: Clock; indexLagMs?: number | (() => number); retentionDays?: number }) {
    this.#clock = options.clock;
    const { indexLagMs = 0 } = options;
    this.#indexLagMs = typeof indexLagMs === "number" ? () => indexLagMs : indexLagMs;
    this.#retentionDays = options.retentionDays ?? 90;
  }

  async createJob(job: Job): Promise<SaveResult<Job>> {
    return this.saveJob(job);
  }

  async saveJob(job: Job): Promise<SaveResult<Job>> {
    const result = this.#table.put(job.jobId, job);
    if (result.saved) this.#unseen.push({ atMs: this.#clock.now().getTime(), job });
    return result;
  }

  async readJob(jobId: string): Promise<Job | undefined> {
    return this.#read(jobId);
  }

  async readJobs(jobIds: readonly string[]): Promise<Job[]> {
    return [...new Set(jobIds)].map((jobId) => this.#read(jobId)).filter((job) => job !== undefined);
  }

  async listDue({ pipeline, dueBy, limit }: DueQuery): Promise<DueJob[]> {
    this.#catchUp();
    return this.#due.get(pipeline)?.dueBy(dueBy, limit) ?? [];
  }

  async nextDue(pipelines: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.#catchUp();
    const firsts = new Map<string, string>();
    for (const pipeline of pipelines) {
      const first = this.#due.get(pipeline)?.first();
      if (first !== undefined) firsts.set(pipeline, first.notBefore);
    }
    return firsts;
  }

  async listRecent({
    pipeline,
    limit,
    before,
  }: {
    pipeline: string;
    limit: number;
    before?: string;
  }): Promise<Job[]> {
    this.#catchUp();
    const known: { key: string; jobId: string }[] = [];
    for (const job of this.#seen.values()) {
      const key = job.pipeline === pipeline ? recentKeyOf(job) : undefined;
      if (key !== undefined && (before === undefined || key < before)) known.push({ key, jobId: job.jobId });
    }
    const newest = known.sort((a, b) => (a.key < b.key ? 1 : -1)).slice(0, limit);
    return newest.map(({ jobId }) => this.#read(jobId)).filter((job) => job !== undefined);
  }

  /** Every job as it stands, for whoever inspects the store. */
  allJobs(): MapIterator<Job> {
    return this.#table.values();
  }

  standing(jobId: string): Job | undefined {
    return this.#table.get(jobId);
  }

  #read(jobId: string): Job | undefined {
    const job = this.#table.get(jobId);
    return job === undefined || this.#isExpired(job) ? undefined : job;
  }

  /** Lets the indexes see what is older than their lag. */
  #catchUp(): void {
    const seenUntil = this.#clock.now().getTime() - this.#indexLagMs();
    const firstUnseen = this.#unseen.findIndex(({ atMs }) => atMs > seenUntil);
    if (firstUnseen === 0) return;
    const seen = this.#unseen.splice(0, firstUnseen === -1 ? this.#unseen.length : firstUnseen);
    for (const { job } of seen) {
      const due = dueJobOf(job);
      if (due !== undefined) this.#partition(job.pipeline).put(due);
      else this.#partition(job.pipeline).remove(job.jobId);
      this.#seen.set(job.jobId, job);
    }
  }

  #partition(pipeline: string): SortedDueJobs {
    const standing = this.#due.get(pipeline);
    if (standing !== undefined) return standing;
    const made = new SortedDueJobs();
    this.#due.set(pipeline, made);
    return made;
  }

  #isExpired(job: Job): boolean {
    if (!isTerminal(job) || job.endedAt === undefined) return false;
    return Date.parse(job.endedAt) + this.#retentionDays * DAY_MS < this.#clock.now().getTime();
  }
}
