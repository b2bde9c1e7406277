import type { FailureClass } from "../classification/failure.ts";
import type { ListedOrder } from "../ordering/object-line.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import type { Priority } from "../pipelines/pipeline.ts";

/** AWS Batch's states, because its users know them, and two of ours: CANCELLED and SUPERSEDED. */
export const JOB_STATES = [
  "SUBMITTED",
  "RUNNABLE",
  "STARTING",
  "RUNNING",
  "SUCCEEDED",
  "FAILED",
  "CANCELLED",
  "SUPERSEDED",
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What made the job. */
export type JobSource = UploadTrigger | ScheduleTrigger | RequestTrigger | MessageTrigger;

export interface UploadTrigger {
  readonly type: "upload";
  readonly bucket: string;
  /** As S3 has it: not URL-decoded, up to 1,024 bytes. */
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  readonly etag?: string;
  /** Orders versions of the same key; absent where the inventory found the object. */
  readonly sequencer?: string;
  /** newest-only, where the inventory found the object: its place among the versions of its key, for whoever has to place it later. */
  readonly listed?: ListedOrder;
}

export interface ScheduleTrigger {
  readonly type: "schedule";
  readonly ruleArn: string;
  /** ISO 8601, the time of the tick. */
  readonly tick: string;
}

export interface RequestTrigger {
  readonly type: "request";
  readonly idempotencyKey: string;
  /** Handed to the task as it came. */
  readonly input: unknown;
}

/** A message of a pipeline's work queue. */
export interface MessageTrigger {
  readonly type: "queue";
  readonly messageId: string;
  /** The sender's own name for what it asks, where it gave one. */
  readonly idempotencyKey?: string;
  /** The message's JSON; its text where it is none; null where it is too long to be kept. */
  readonly input: unknown;
}

/** How one attempt at the job ended. */
export type AttemptOutcome =
  | "succeeded"
  /** The run ended before the job's turn came; the attempt does not count. */
  | "released"
  | FailureClass;

export interface Attempt {
  readonly runId: string;
  readonly taskArn?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly outcome?: AttemptOutcome;
}

/** What people are told of a failure. */
export interface JobFailure {
  readonly class: FailureClass;
  /** What happened, in one plain sentence. */
  readonly reason: string;
  /** What to do about it. */
  readonly advice: string;
  readonly retry: "yes" | "later" | "bigger" | "no";
}

/** A failure that the task reported and that track has not yet decided on. */
export interface ReportedFailure {
  readonly reason: string;
  /** The task's own word: whether another try may help (exit code 75 of a plain image). */
  readonly tryAgain: boolean;
  /** The job took longer than its pipeline allows, and the task stopped waiting for it. */
  readonly timedOut?: true;
  /** The pipelines are at fault and not this file: its output comes back as its input. */
  readonly misconfigured?: true;
}

/**
 * One unit of work. Times are ISO 8601 in UTC. The item is written whole, on condition of its `revision`, so that every
 * change of state is one conditional write.
 */
export interface Job {
  readonly jobId: string;
  readonly pipeline: string;
  readonly state: JobState;
  readonly source: JobSource;
  readonly priority: Priority;
  /** From when the job may be launched; set while RUNNABLE, but for a job that waits in its work queue. */
  readonly notBefore?: string;
  readonly attempts: readonly Attempt[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  readonly reported?: ReportedFailure;
  /** newest-only: the job of a newer version of the same object. */
  readonly supersededBy?: string;
  /** A run died while it was worked on: from then on its runs carry no other job, so that it can harm only itself. */
  readonly alone?: true;
  /** It ran out of memory in a smaller size: the next run has at least this one. */
  readonly size?: FargateSize;
  readonly failure?: JobFailure;
  /** What the task gave back, JSON; a long one is `{resultKey}` in the results bucket. */
  readonly result?: unknown;
  readonly costUsd?: number;
  /** Rises by one with each write. */
  readonly revision: number;
}

export const TERMINAL_STATES: readonly JobState[] = ["SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED"];

export function isTerminal(job: Pick<Job, "state">): boolean {
  return TERMINAL_STATES.includes(job.state);
}

/** The attempt under way or last made. */
export function lastAttempt(job: Job): Attempt | undefined {
  return job.attempts.at(-1);
}

/** Whether this run holds the job now. */
export function isHeldBy(job: Job, runId: string): boolean {
  return (job.state === "STARTING" || job.state === "RUNNING") && lastAttempt(job)?.runId === runId;
}
