import { isTerminal, type Job } from "#core/jobs/job.ts";
import { dueJobOf } from "#core/planning/due-job.ts";
import type { Priority } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { DueJob, DueQuery, JobStore, SaveResult } from "#core/ports/job-store.ts";
import { MemoryTable } from "./memory-table.ts";

const DAY_MS = 86_400_000;

/** Jobs in memory, no kinder than the table: writes are conditional and its indexes show only what is older than their lag. */
export class MemoryJobStore implements JobStore {
  readonly #table = new MemoryTable<Job>();
  /** Every write with its time: what the indexes will have seen. */
  readonly #writes: { atMs: number; job: Job }[] = [];
  readonly #clock: Clock;
  readonly #indexLagMs: number;
  readonly #retentionDays: number;

  constructor(options: { clock: Clock; indexLagMs?: number; retentionDays?: number }) {
    this.#clock = options.clock;
    this.#indexLagMs = options.indexLagMs ?? 0;
    this.#retentionDays = options.retentionDays ?? 90;
  }

  async createJob(job: Job): Promise<SaveResult<Job>> {
    return this.saveJob(job);
  }

  async saveJob(job: Job): Promise<SaveResult<Job>> {
    const result = this.#table.put(job.jobId, job);
    if (result.saved) this.#writes.push({ atMs: this.#clock.now().getTime(), job: structuredClone(job) });
    return result;
  }

  async readJob(jobId: string): Promise<Job | undefined> {
    const job = this.#table.get(jobId);
    return job === undefined || this.#isExpired(job) ? undefined : job;
  }

  async readJobs(jobIds: readonly string[]): Promise<Job[]> {
    const jobs = await Promise.all([...new Set(jobIds)].map((jobId) => this.readJob(jobId)));
    return jobs.filter((job) => job !== undefined);
  }

  async listDue({ pipeline, priority, dueBy, limit }: DueQuery): Promise<DueJob[]> {
    return this.#due(pipeline, priority)
      .filter(({ notBefore }) => notBefore <= dueBy)
      .slice(0, limit);
  }

  async nextDue(pipeline: string, priority: Priority): Promise<string | undefined> {
    return this.#due(pipeline, priority)[0]?.notBefore;
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
    const known = this.#indexed().filter(
      (job) => job.pipeline === pipeline && (before === undefined || job.createdAt < before),
    );
    const newest = known.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).slice(0, limit);
    const jobs = await this.readJobs(newest.map(({ jobId }) => jobId));
    return jobs.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  }

  #due(pipeline: string, priority: Priority): DueJob[] {
    return this.#indexed()
      .flatMap((job) => dueJobOf(job) ?? [])
      .filter((due) => due.pipeline === pipeline && due.priority === priority)
      .sort((a, b) => (a.notBefore < b.notBefore ? -1 : 1));
  }

  /** The jobs as an index shows them that is `indexLagMs` behind. */
  #indexed(): Job[] {
    const seenUntil = this.#clock.now().getTime() - this.#indexLagMs;
    const seen = new Map<string, Job>();
    for (const { atMs, job } of this.#writes) if (atMs <= seenUntil) seen.set(job.jobId, job);
    return [...seen.values()];
  }

  #isExpired(job: Job): boolean {
    if (!isTerminal(job) || job.endedAt === undefined) return false;
    return Date.parse(job.endedAt) + this.#retentionDays * DAY_MS < this.#clock.now().getTime();
  }
}
