import { STOP_REASONS } from "#core/classification/classify-stop.ts";
import { type Job, lastAttempt } from "#core/jobs/job.ts";
import { isOfWorker } from "#core/jobs/message-transitions.ts";
import { cancelJob, retryByPerson } from "#core/jobs/transitions.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { TaskStopper } from "#core/ports/task-launcher.ts";
import type { Run } from "#core/runs/run.ts";
import { isOver, stopRequestedRun } from "#core/runs/transitions.ts";
import { moveJob, moveRun } from "./save.ts";

export interface PersonPorts {
  readonly jobs: Pick<JobStore, "saveJob">;
  readonly runs: Pick<RunStore, "readRun" | "saveRun">;
  readonly launcher: TaskStopper;
  readonly clock: Clock;
  readonly pipelines: Pipelines;
}

/** What became of a person's wish: `refused` where it makes no sense as the job stands, `at-work` where somebody may not have let go of it. */
export type Decision =
  | { readonly type: "done" | "refused"; readonly job: Job | undefined }
  | ({ readonly type: "at-work" } & AtWork);

export interface AtWork {
  /** When who has the job has let go of it at the latest; undefined where its run tells that. */
  readonly until?: Date;
}

/**
 * Ends a job that has not ended. The task of a run that carries nothing else is stopped, by sweep where this comes to nothing; another
 * goes on with the rest of its pack. Asked for again, the stop is asked for again.
 */
export async function cancelByPerson(job: Job, ports: PersonPorts): Promise<Decision> {
  const result = await moveJob(ports.jobs, job, (current) =>
    cancelJob(current, { reason: "Cancelled by a person." }, ports.clock.now()),
  );
  if (result === undefined || (!result.moved && result.item.state !== "CANCELLED"))
    return { type: "refused", job: result?.item };
  const isStopping = await stopItsTask(result.item, ports);
  return { type: result.moved || isStopping ? "done" : "refused", job: result.item };
}

/** @returns whether there is a run that is to stop */
async function stopItsTask(job: Job, { runs, launcher }: PersonPorts): Promise<boolean> {
  const run = await runUnderWay(job, runs);
  if (run === undefined || run.manifest.length > 1) return false;
  const marked = await moveRun(runs, run, (current) => stopRequestedRun(current, "cancelled"));
  const taskArn = marked?.item.taskArn;
  if (taskArn !== undefined) await launcher.stop(taskArn, STOP_REASONS.cancelled);
  return true;
}

/**
 * Gives a failed or cancelled job another attempt. Not while whoever had it when it was cancelled may still be at it: then two attempts
 * would be made at once, and what they do outside of Slipway would be done twice.
 */
export async function retryOnRequest(job: Job, ports: Omit<PersonPorts, "launcher">): Promise<Decision> {
  const atWork = await whoMayBeAtWork(job, ports);
  if (atWork !== undefined) return { type: "at-work", ...atWork };
  const result = await moveJob(ports.jobs, job, (current) => retryByPerson(current, ports.clock.now()));
  return { type: result?.moved === true ? "done" : "refused", job: result?.item };
}

async function whoMayBeAtWork(
  job: Job,
  { runs, pipelines, clock }: Omit<PersonPorts, "launcher">,
): Promise<AtWork | undefined> {
  const attempt = lastAttempt(job);
  if (attempt?.outcome !== "cancelled") return undefined;
  if (isOfWorker(attempt)) {
    const { jobSeconds } = pipelines[job.pipeline]?.timeout ?? { jobSeconds: 0 };
    const until = new Date(Date.parse(attempt.startedAt ?? job.createdAt) + jobSeconds * 1000);
    return until > clock.now() ? { until } : undefined;
  }
  const run = await runUnderWay(job, runs);
  // Our task runner takes each job before it begins, and leaves one that was cancelled by then; another image asks nobody.
  const mayBe = run !== undefined && (attempt.startedAt !== undefined || run.takenBy === undefined);
  return mayBe ? {} : undefined;
}

/** The run that had the job when it was cancelled, if that has not ended. */
async function runUnderWay(job: Job, runs: Pick<RunStore, "readRun">): Promise<Run | undefined> {
  const attempt = lastAttempt(job);
  if (attempt?.outcome !== "cancelled") return undefined;
  const run = await runs.readRun(attempt.runId);
  return run === undefined || isOver(run) ? undefined : run;
}
