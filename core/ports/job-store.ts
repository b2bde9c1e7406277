import type { Job } from "../jobs/job.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";

/** What the index of due jobs says of a job; it lags, so only the claim decides. */
export interface DueJob {
  readonly jobId: string;
  readonly pipeline: string;
  /** ISO 8601: from when the job may be launched. */
  readonly notBefore: string;
  readonly createdAt: string;
  /** 0 where the job has no object. */
  readonly sizeBytes: number;
  /** As kindOfJob says; what was learned of earlier jobs of the kind helps to plan this one. */
  readonly kind: string;
  /** The smallest size worth trying, where a smaller one was too small. */
  readonly size?: FargateSize;
  /** It may harm others in its run. */
  readonly alone?: true;
  /** Spot has failed it. */
  readonly onDemand?: true;
}

/** A write on condition: `saved`, or what is there instead (undefined: the item is gone). */
export type SaveResult<T> =
  { readonly saved: true } | { readonly saved: false; readonly current: T | undefined };

/** The due jobs of one pipeline. */
export interface DueQuery {
  readonly pipeline: string;
  /** Only jobs that may be launched by this time, ISO 8601. */
  readonly dueBy: string;
  readonly limit: number;
}

/**
 * The jobs. Every write is one conditional write of one item. A write whose answer was lost and that is repeated by the
 * adapter counts as saved; a time-out that reaches the caller leaves it open whether the write happened.
 */
export interface JobStore {
  /** Writes a job that is not there yet; else answers the one that is, unchanged. */
  createJob(job: Job): Promise<SaveResult<Job>>;
  /** Consistent read. */
  readJob(jobId: string): Promise<Job | undefined>;
  /** Consistent reads, any number of ids; jobs that do not exist are left out, order is not kept. */
  readJobs(jobIds: readonly string[]): Promise<Job[]>;
  /** Replaces the job whose revision is `job.revision - 1`. */
  saveJob(job: Job): Promise<SaveResult<Job>>;
  /** Due jobs by the time they became due, oldest first, over all shards; lags. */
  listDue(query: DueQuery): Promise<DueJob[]>;
  /** When the first job of each pipeline is due, ISO 8601, by pipeline; those of which none waits are left out. Lags. */
  nextDue(pipelines: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Newest jobs first; lags. `before` is a createdAt, or the whole `recentKeyOf` the last job of a page, to read on from. */
  listRecent(query: { pipeline: string; limit: number; before?: string }): Promise<Job[]>;
}

/** Where a job stands among the recent ones. */
export function recentKeyOf({ createdAt, jobId }: Pick<Job, "createdAt" | "jobId">): string {
  return `${createdAt}#${jobId}`;
}
