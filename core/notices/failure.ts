import type { DeploymentStateChange } from "#events/ecs/deployment-state-change.ts";
import type { ServiceAction } from "#events/ecs/service-action.ts";
import { FAILURE_CLASSES } from "#events/failure-classes.ts";
import type { JobFailed } from "#events/slipway/job-ended.ts";
import type { RunStopped } from "#events/slipway/run-stopped.ts";
import type { TroubleNoticed } from "#events/slipway/trouble-noticed.ts";
import type { FailureClass } from "../classification/failure.ts";
import type { Pipelines } from "../pipelines/pipeline.ts";
import { fingerprint } from "./fingerprint.ts";
import { failureOfService } from "./service-trouble.ts";
import { sha256 } from "../sha256.ts";

/** A failure that administrators are told of. Both deliveries of one failure read the same, so they count once. */
export interface Failure {
  /** The job's id, or the run's where no job has failed. */
  readonly failureId: string;
  readonly pipeline: string;
  readonly class: FailureClass;
  readonly reason: string;
  readonly advice: string;
  /** ISO 8601, when it ended. */
  readonly at: string;
  readonly of:
    | {
        readonly type: "job";
        /** The object's key, or what made the job. */
        readonly what: string;
        readonly bucket?: string;
        readonly attempts: number;
      }
    | { readonly type: "run"; readonly jobs: number }
    /** A task that belongs to no run. */
    | { readonly type: "task" }
    /** Work that waits. */
    | { readonly type: "waiting" }
    | { readonly type: "service"; readonly service: string };
  readonly taskArn?: string;
  /** It says no more than that others fail, and is news only where nothing of them is told. */
  readonly isEcho?: true;
}

/** What administrators may be told of. */
export type FailureEvent = JobFailed | RunStopped | TroubleNoticed | ServiceAction | DeploymentStateChange;

/** What an event tells administrators; undefined where nobody has to act. */
export function failureOf(event: FailureEvent, pipelines: Pipelines): Failure | undefined {
  switch (event["detail-type"]) {
    case "Job Failed":
      return failureOfJob(event.detail);
    case "Run Stopped":
      return failureOfRun(event);
    case "Trouble Noticed":
      return failureOfTrouble(event.detail);
    case "ECS Service Action":
    case "ECS Deployment State Change":
      return failureOfService(event, pipelines);
  }
}

function failureOfTrouble({ troubleId, about, taskArn, ...trouble }: TroubleNoticed["detail"]): Failure {
  const { pipeline, class: failureClass, reason, advice, at } = trouble;
  return {
    failureId: troubleId,
    pipeline,
    class: failureClass,
    reason,
    advice,
    at,
    of: { type: about },
    ...(taskArn === undefined ? {} : { taskArn }),
  };
}

/** Who stops a task by hand knows of it. */
function failureOfJob(job: JobFailed["detail"]): Failure | undefined {
  const { source, failure } = job;
  if (failure.class === "cancelled") return undefined;
  return {
    failureId: job.jobId,
    pipeline: job.pipeline,
    class: failure.class,
    reason: failure.reason,
    advice: failure.advice,
    at: job.endedAt ?? job.createdAt,
    of: {
      type: "job",
      what: source.key ?? source.type,
      attempts: job.attempts,
      ...(source.bucket === undefined ? {} : { bucket: source.bucket }),
    },
    ...(job.taskArn === undefined ? {} : { taskArn: job.taskArn }),
  };
}

/**
 * A run's jobs are retried and told by themselves. But an end that no rule explains is told as it was seen, though its jobs may
 * succeed the next time: otherwise the rules would never grow.
 */
function failureOfRun({ detail: run, time }: RunStopped): Failure | undefined {
  const failureClass = FAILURE_CLASSES.find((name) => name === run.class);
  if (failureClass !== "unknown") return undefined;
  return {
    failureId: run.runId,
    pipeline: run.pipeline,
    class: failureClass,
    reason: run.reason,
    advice: run.advice ?? "Look at the task in the ECS console and at its log.",
    at: run.stoppedAt ?? time,
    of: { type: "run", jobs: run.jobs },
    ...(run.taskArn === undefined ? {} : { taskArn: run.taskArn }),
  };
}

/** Equal failures are one group: pipeline, class and what the reason says once its names and numbers are taken out. */
export function groupIdOf(failure: Failure): string {
  const { of, failureId, taskArn } = failure;
  const own = of.type === "job" ? [of.what, of.what.slice(of.what.lastIndexOf("/") + 1)] : [];
  const names = [failureId, ...own, ...(taskArn === undefined ? [] : [taskArn])];
  return hashOf([failure.pipeline, failure.class, fingerprint(failure.reason, names)]);
}

/** Takes in what differs too much: failures of one pipeline and class beyond the groups that are told one by one. */
export function othersIdOf({ pipeline, class: failureClass }: Pick<Failure, "pipeline" | "class">): string {
  return hashOf([pipeline, failureClass]);
}

function hashOf(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 32);
}

/** The task whose log is to be read; of tasks of others nobody knows where they write. */
export function loggedTaskOf({ pipeline, taskArn }: Failure): string | undefined {
  return hasJobs(pipeline) ? taskArn : undefined;
}

/** Whether it is a pipeline, and not a service or a task of others: jobs tell whether it works again. */
export function hasJobs(pipeline: string): boolean {
  return !pipeline.includes(":");
}
