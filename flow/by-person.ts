import { STOP_REASONS } from "#core/classification/classify-stop.ts";
import { type Job, lastAttempt } from "#core/jobs/job.ts";
import { cancelJob, retryByPerson } from "#core/jobs/transitions.ts";
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
}

/** What became of a person's wish: `refused` where the job stands so that it makes no sense, `at-work` where a task has not let go of it. */
export type Decision =
  | { readonly type: "done" | "refused"; readonly job: Job | undefined }
  | { readonly type: "at-work"; readonly run: Run };

/** Ends a job that has not ended. The task of a run that carries nothing else is stopped; another goes on with the rest of its pack. */
export async function cancelByPerson(job: Job, ports: PersonPorts): Promise<Decision> {
  const { jobs, runs, launcher, clock } = ports;
  const result = await moveJob(jobs, job, (current) =>
    cancelJob(current, { reason: "Cancelled by a person." }, clock.now()),
  );
  if (result?.moved !== true) return { type: "refused", job: result?.item };
  const run = await runUnderWay(result.item, runs);
  if (run?.taskArn !== undefined && run.manifest.length === 1) {
    await moveRun(runs, run, (current) => stopRequestedRun(current, "cancelled"));
    await launcher.stop(run.taskArn, STOP_REASONS.cancelled);
  }
  return { type: "done", job: result.item };
}

/**
 * Gives a failed or cancelled job another attempt. Not while the task that had it when it was cancelled may still be at it: then two
 * attempts would be made at once, and what they do outside of Slipway would be done twice.
 */
export async function retryOnRequest(
  job: Job,
  { jobs, runs, clock }: Omit<PersonPorts, "launcher">,
): Promise<Decision> {
  const run = await runUnderWay(job, runs);
  if (run !== undefined && mayBeAtWork(job, run)) return { type: "at-work", run };
  const result = await moveJob(jobs, job, (current) => retryByPerson(current, clock.now()));
  return { type: result?.moved === true ? "done" : "refused", job: result?.item };
}

/** The run that had the job when it was cancelled, if that has not ended. */
async function runUnderWay(job: Job, runs: Pick<RunStore, "readRun">): Promise<Run | undefined> {
  const attempt = lastAttempt(job);
  if (attempt?.outcome !== "cancelled") return undefined;
  const run = await runs.readRun(attempt.runId);
  return run === undefined || isOver(run) ? undefined : run;
}

/** Our task runner takes each job before it begins, and leaves one that was cancelled by then; another image asks nobody. */
function mayBeAtWork(job: Job, { takenBy }: Run): boolean {
  return lastAttempt(job)?.startedAt !== undefined || takenBy === undefined;
}
