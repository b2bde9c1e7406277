import type { Pipeline } from "../pipelines/pipeline.ts";
import { lastAttempt } from "./job.ts";
import type { Attempt, Job, MessageTrigger } from "./job.ts";
import { newJob, takeJob } from "./transitions.ts";

/*
 * How a job moves that a message made. No run stands behind its attempts: the worker that received the message is its holder, by a
 * name of its own for each attempt, so that one who has lost the message can settle nothing any more.
 */

const HOLDER = "worker/";
/** S3 has no longer ones. */
const LONGEST_KEY = 1024;

/** What stands for the run in an attempt that a worker makes: worker/TASKID/ATTEMPT. */
function holderName(taskArn: string, attempt: number): string {
  return `${HOLDER}${taskArn.slice(taskArn.lastIndexOf("/") + 1)}/${attempt}`;
}

/** Whether a worker made the attempt, and no run. */
export function isOfWorker({ runId }: Attempt): boolean {
  return runId.startsWith(HOLDER);
}

/** Who made the last attempt; only where that is a worker. */
export function workerHolding(job: Job): string | undefined {
  const runId = lastAttempt(job)?.runId;
  return job.state === "RUNNING" && runId?.startsWith(HOLDER) === true ? runId : undefined;
}

/** A message that nobody has seen before, in the hands of the worker that received it: RUNNING from its first write. */
export function newMessageJob(made: {
  jobId: string;
  pipeline: Pipeline;
  source: MessageTrigger;
  taskArn: string;
  at: Date;
}): Job {
  const taken = takeMessage(waiting(newJob(made)), made.taskArn, made.at);
  if (taken === undefined) throw new Error(`A new job (${made.jobId}) could not be taken.`);
  return { ...taken, revision: 1 };
}

/** The worker: RUNNABLE -> RUNNING, by the message that it holds. Also where dispatch was about to launch it. */
export function takeMessage(job: Job, taskArn: string, at: Date): Job | undefined {
  if (job.state !== "RUNNABLE") return undefined;
  const runId = holderName(taskArn, job.attempts.length + 1);
  const { notBefore: _, ...rest } = job;
  const claimed: Job = { ...rest, state: "STARTING", attempts: [...job.attempts, { runId }] };
  return takeJob(claimed, { runId, attempt: claimed.attempts.length, taskArn }, at);
}

/** What is tried again waits in the queue, and dispatch must not launch it. */
export function waiting(job: Job): Job {
  if (job.state !== "RUNNABLE") return job;
  const { notBefore: _, ...rest } = job;
  return rest;
}

/** What a message's job is about, for people: the object that the message names in the usual way. */
export function keyNamedBy({ input }: MessageTrigger): string | undefined {
  const key = typeof input === "object" && input !== null && "key" in input ? input.key : undefined;
  return typeof key === "string" && key.length <= LONGEST_KEY ? key : undefined;
}

/** Whether the message of an ended job goes to the dead-letter queue: all tries were used up, and another could help. */
export function isDeadLetter(job: Job): boolean {
  return job.state === "FAILED" && job.failure !== undefined && job.failure.retry !== "no";
}
