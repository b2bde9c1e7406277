import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { isHeldBy, isTerminal, lastAttempt } from "./job.ts";
import type { Attempt, AttemptOutcome, Job, JobFailure, JobSource, ReportedFailure } from "./job.ts";

/*
 * Every way in which a job may move. Each function answers the job as it shall be written, or undefined where the
 * move is not allowed from where the job stands: then nothing is written, and a state never moves backwards.
 */

/** A task may hand over anything as a reason; an item holds 400 KB and a mail is read by people. */
const MAX_REASON_LENGTH = 1000;

/** A job nobody has seen before, ready to be launched at once. */
export function newJob(made: { jobId: string; pipeline: Pipeline; source: JobSource; at: Date }): Job {
  const at = made.at.toISOString();
  return {
    jobId: made.jobId,
    pipeline: made.pipeline.name,
    state: "RUNNABLE",
    source: made.source,
    priority: made.pipeline.priority,
    notBefore: at,
    attempts: [],
    createdAt: at,
    updatedAt: at,
    revision: 1,
  };
}

/** dispatch: RUNNABLE -> STARTING, for this run. */
export function claimJob(job: Job, runId: string, at: Date): Job | undefined {
  if (job.state !== "RUNNABLE") return undefined;
  const { notBefore: _, ...rest } = job;
  return next(rest, at, { state: "STARTING", attempts: [...job.attempts, { runId }] });
}

/** The task: STARTING -> RUNNING, if this run and this attempt hold the job. */
export function takeJob(
  job: Job,
  holder: { runId: string; attempt: number; taskArn: string },
  at: Date,
): Job | undefined {
  if (job.state !== "STARTING" || !isHeldBy(job, holder.runId) || job.attempts.length !== holder.attempt)
    return undefined;
  return next(job, at, {
    state: "RUNNING",
    attempts: withLast(job, { taskArn: holder.taskArn, startedAt: at.toISOString() }),
  });
}

/** The task: RUNNING -> SUCCEEDED. */
export function succeedJob(job: Job, runId: string, result: unknown, at: Date): Job | undefined {
  if (job.state !== "RUNNING" || !isHeldBy(job, runId) || job.reported !== undefined) return undefined;
  return ended(job, "SUCCEEDED", "succeeded", at, { result });
}

/** track: an image that takes no jobs has ended with exit code 0, and that is its only word. */
export function completeJob(job: Job, runId: string, at: Date): Job | undefined {
  if (job.state !== "STARTING" || !isHeldBy(job, runId)) return undefined;
  return ended(job, "SUCCEEDED", "succeeded", at, {});
}

/** The task: the job stays RUNNING and carries what went wrong, until track decides. */
export function reportJobFailure(
  job: Job,
  runId: string,
  reported: ReportedFailure,
  at: Date,
): Job | undefined {
  if (job.state !== "RUNNING" || !isHeldBy(job, runId) || job.reported !== undefined) return undefined;
  return next(job, at, { reported: { ...reported, reason: reported.reason.slice(0, MAX_REASON_LENGTH) } });
}

/** track: the attempt is over without success, the job may be launched again from `notBefore`. */
export function retryJob(
  job: Job,
  runId: string,
  retry: { outcome: AttemptOutcome; notBefore: Date; alone: boolean; size?: FargateSize },
  at: Date,
): Job | undefined {
  if (!isHeldBy(job, runId)) return undefined;
  const { reported: _, ...rest } = job;
  return next(rest, at, {
    state: "RUNNABLE",
    notBefore: retry.notBefore.toISOString(),
    ...(retry.alone ? { alone: true } : {}),
    ...(retry.size === undefined ? {} : { size: retry.size }),
    attempts: withLast(job, { endedAt: at.toISOString(), outcome: retry.outcome }),
  });
}

/** track: the last attempt is over and no other will follow. */
export function failJob(job: Job, runId: string, failure: JobFailure, at: Date): Job | undefined {
  if (!isHeldBy(job, runId)) return undefined;
  const { reported: _, ...rest } = job;
  return ended(rest, "FAILED", failure.class, at, { failure });
}

/** dispatch: no run could help it, so none is launched. */
export function refuseJob(job: Job, failure: JobFailure, at: Date): Job | undefined {
  if (job.state !== "RUNNABLE") return undefined;
  const { notBefore: _, ...rest } = job;
  return next(rest, at, { state: "FAILED", failure, endedAt: at.toISOString() });
}

/** A person: whatever has not ended, ends. A task that works on it finds that it no longer holds the job. */
export function cancelJob(job: Job, by: { reason: string }, at: Date): Job | undefined {
  if (isTerminal(job)) return undefined;
  const { notBefore: _, reported: __, ...rest } = job;
  const failure: JobFailure = {
    class: "cancelled",
    reason: by.reason,
    advice: "Retry it when it is wanted again.",
    retry: "no",
  };
  const open = lastAttempt(job) !== undefined && lastAttempt(job)?.endedAt === undefined;
  return next(rest, at, {
    state: "CANCELLED",
    failure,
    endedAt: at.toISOString(),
    ...(open ? { attempts: withLast(job, { endedAt: at.toISOString(), outcome: "cancelled" }) } : {}),
  });
}

/** A newer version of its object has come: what has not begun ends; who is at work may end, and is not tried again. */
export function supersedeJob(job: Job, newerJobId: string, at: Date): Job | undefined {
  if (isTerminal(job)) return undefined;
  if (job.state !== "RUNNING") return superseded({ ...job, supersededBy: newerJobId }, "released", at);
  return job.supersededBy === undefined ? next(job, at, { supersededBy: newerJobId }) : undefined;
}

/** track: the attempt of a job that was superseded meanwhile is over without success. */
export function endSuperseded(job: Job, runId: string, outcome: AttemptOutcome, at: Date): Job | undefined {
  if (!isHeldBy(job, runId) || job.supersededBy === undefined) return undefined;
  return superseded(job, outcome, at);
}

function superseded(job: Job, outcome: AttemptOutcome, at: Date): Job {
  const { notBefore: _, reported: __, alone: ___, ...rest } = job;
  const endedAt = at.toISOString();
  const open = lastAttempt(job) !== undefined && lastAttempt(job)?.endedAt === undefined;
  return next(rest, at, {
    state: "SUPERSEDED",
    endedAt,
    ...(open ? { attempts: withLast(job, { endedAt, outcome }) } : {}),
  });
}

/** A person: a failed or cancelled job gets a new attempt; what was tried before stays on record. */
export function retryByPerson(job: Job, at: Date): Job | undefined {
  if (job.state !== "FAILED" && job.state !== "CANCELLED") return undefined;
  const { failure: _, endedAt: __, ...rest } = job;
  return next(rest, at, { state: "RUNNABLE", notBefore: at.toISOString() });
}

function ended(
  job: Job,
  state: "SUCCEEDED" | "FAILED",
  outcome: AttemptOutcome,
  at: Date,
  more: Partial<Job>,
): Job {
  const endedAt = at.toISOString();
  return next(job, at, { ...more, state, endedAt, attempts: withLast(job, { endedAt, outcome }) });
}

function withLast(job: Job, change: Partial<Attempt>): readonly Attempt[] {
  const last = lastAttempt(job);
  return last === undefined ? [] : [...job.attempts.slice(0, -1), { ...last, ...change }];
}

function next(job: Omit<Job, "notBefore">, at: Date, change: Partial<Job>): Job {
  return { ...job, ...change, updatedAt: at.toISOString(), revision: job.revision + 1 };
}
