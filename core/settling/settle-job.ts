import type { Verdict } from "../classification/failure.ts";
import { type Job, type JobFailure, isHeldBy } from "../jobs/job.ts";
import { failJob, retryJob } from "../jobs/transitions.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { decideRetry } from "./decide-retry.ts";

/**
 * The job as it shall be after its task reported a failure, or after its run stopped with `verdict` and left it unsettled.
 * undefined: nothing is to be done (another run holds the job, it has ended, or it is still being worked on).
 */
export function settleJob(state: {
  job: Job;
  runId: string;
  /** undefined: it was removed from pipelines.ts while the run went on. */
  pipeline: Pipeline | undefined;
  /** Why the run is over; undefined while it goes on. */
  runVerdict: Verdict | undefined;
  /** The run was given up before any task of it began: the try does not count. */
  neverStarted: boolean;
  now: Date;
  chance: number;
}): Job | undefined {
  const { job, runId, now } = state;
  if (!isHeldBy(job, runId)) return undefined;
  const verdict = verdictOf(job, state.runVerdict);
  if (verdict === undefined) return undefined;
  const { pipeline } = state;
  if (pipeline === undefined) return failJob(job, runId, REMOVED_PIPELINE, now);
  const decision = decideRetry({ ...state, pipeline, verdict });
  return decision.type === "retry" ? retryJob(job, runId, decision, now) : failJob(job, runId, decision.failure, now);
}

/** What the task said of the job beats what ECS says of the task. */
function verdictOf(job: Job, runVerdict: Verdict | undefined): Verdict | undefined {
  if (job.reported?.timedOut === true) {
    return {
      class: "timeout",
      retry: "yes",
      reason: job.reported.reason,
      advice: "Raise timeout.jobSeconds in pipelines.ts, or find out what the task waits for.",
    };
  }
  if (job.reported !== undefined) {
    return {
      class: "application",
      retry: job.reported.tryAgain ? "yes" : "no",
      reason: job.reported.reason,
      advice: job.reported.tryAgain
        ? "The task asked for another try and used all of them up; look at what it waits for."
        : "Upload a corrected file, or send this kind of file to another pipeline.",
    };
  }
  if (runVerdict?.class !== "succeeded") return runVerdict;
  return {
    class: "unknown",
    retry: "yes",
    reason: "The task ended with exit code 0 but left no outcome for this job.",
    advice: "Look at the task's log; a task has to settle each job of its run before it ends.",
  };
}

const REMOVED_PIPELINE: JobFailure = {
  class: "configuration",
  reason: "The job's pipeline is no longer in pipelines.ts.",
  advice: "Put the pipeline back and deploy, then retry the job.",
  retry: "no",
};
