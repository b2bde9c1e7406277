import type { FailureClass, Verdict } from "../classification/failure.ts";
import { isHeldBy, type Job, type JobFailure, type ReportedFailure } from "../jobs/job.ts";
import { completeJob, endSuperseded, failJob, retryJob } from "../jobs/transitions.ts";
import type { FargateSize } from "../pipelines/fargate-sizes.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { decideRetry } from "./decide-retry.ts";

/** How a run is over. */
export interface RunEnd {
  readonly verdict: Verdict;
  /** It was given up: no task of it began, as far as we know. */
  readonly givenUp: boolean;
  /** Its task took it, and so takes and settles each job itself. A plain image does not: its exit code speaks for its jobs. */
  readonly taken: boolean;
  /** At least one of its jobs had its turn. */
  readonly begun: boolean;
  /** How many jobs were being worked on when it ended, any of which may have ended it. */
  readonly underWay: number;
  /** By SIGKILL, and nobody said why: no word of the program's, who may have been innocent. */
  readonly killed: boolean;
  readonly size: FargateSize;
}

/**
 * The job as it shall be after its task reported a failure, or after its run ended and left it unsettled.
 * undefined: nothing is to be done (another run holds the job, it has ended, or it is still being worked on).
 */
export function settleJob(state: {
  job: Job;
  runId: string;
  /** undefined: it was removed from pipelines.ts while the run went on. */
  pipeline: Pipeline | undefined;
  /** undefined while the run goes on. */
  end: RunEnd | undefined;
  now: Date;
  chance: number;
}): Job | undefined {
  const { job, runId, pipeline, end, now, chance } = state;
  if (!isHeldBy(job, runId)) return undefined;
  const outcome = job.reported === undefined ? unsettled(job, end) : reported(job.reported);
  if (outcome === undefined) return undefined;
  if (outcome === "completed") return completeJob(job, runId, now);
  if (pipeline === undefined) return failJob(job, runId, REMOVED_PIPELINE, now);
  const size = end === undefined ? {} : { size: end.size };
  const decision = decideRetry({ ...outcome, ...size, job, pipeline, now, chance });
  if (job.supersededBy !== undefined) {
    return endSuperseded(
      job,
      runId,
      decision.type === "retry" ? decision.outcome : decision.failure.class,
      now,
    );
  }
  if (decision.type === "retry") return retryJob(job, runId, { ...decision, alone: outcome.alone }, now);
  // Also where a person has it tried again: those beside it then are no safer.
  return failJob(outcome.alone ? { ...job, alone: true } : job, runId, decision.failure, now);
}

interface Unsuccessful {
  readonly verdict: Verdict;
  readonly released: boolean;
  readonly alone: boolean;
  /** One of several that may have ended the run: another may be to blame. */
  readonly isOneOfMany?: boolean;
}

/** What the task said of the job beats what ECS says of the task. */
function reported(failure: ReportedFailure): Unsuccessful {
  return { verdict: verdictOf(failure), released: false, alone: false };
}

/** What the failure means that a task reported of a job. */
export function verdictOf({ reason, tryAgain, timedOut, misconfigured }: ReportedFailure): Verdict {
  if (misconfigured === true) return { ...RECURSION, reason };
  if (timedOut === true) {
    return {
      class: "timeout",
      retry: "yes",
      reason,
      advice: "Raise timeout.jobSeconds in pipelines.ts, or find out what the task waits for.",
    };
  }
  return {
    class: "application",
    retry: tryAgain ? "yes" : "no",
    reason,
    advice: tryAgain
      ? "The task asked for another try and used all of them up; look at what it waits for."
      : "Upload a corrected file, or send this kind of file to another pipeline.",
  };
}

function unsettled(job: Job, end: RunEnd | undefined): Unsuccessful | "completed" | undefined {
  if (end === undefined) return undefined;
  const { verdict } = end;
  if (end.givenUp) return { verdict, released: verdict.retry !== "no", alone: false };
  // A task that never began, for want of room or an address, has tried nothing.
  if (!end.taken && verdict.retry === "later") return { verdict, released: true, alone: false };
  // One bad file that kills its task must not cost those behind it in the pack.
  if (end.taken && end.begun && job.state === "STARTING" && verdict.class !== "cancelled") {
    return { verdict: verdict.class === "succeeded" ? NO_OUTCOME : verdict, released: true, alone: false };
  }
  if (verdict.class === "succeeded") {
    return end.taken ? { verdict: NO_OUTCOME, released: false, alone: false } : "completed";
  }
  const isSuspect = job.state === "RUNNING" && MAY_BE_THE_JOBS_FAULT.has(verdict.class);
  // Which of several jobs killed the task shows when each is tried by itself, also where it would be the last try of one.
  const isOneOfMany = isSuspect && end.underWay > 1;
  // A death that nobody explains may have been the host's or a person's: it costs an attempt and not the job.
  const mayBeInnocent = isOneOfMany || end.killed;
  const trial = mayBeInnocent && verdict.retry === "no" ? ({ ...verdict, retry: "yes" } as const) : verdict;
  return { verdict: trial, released: false, alone: isSuspect, isOneOfMany };
}

const MAY_BE_THE_JOBS_FAULT: ReadonlySet<FailureClass> = new Set([
  "application",
  "out-of-memory",
  "timeout",
  "unknown",
]);

const RECURSION: Omit<Verdict, "reason"> = {
  class: "configuration",
  retry: "no",
  advice:
    "Find out what copies or writes results under the pipeline's prefix and send them elsewhere; if the chain is wanted, raise maxHops in pipelines.ts.",
};

const NO_OUTCOME: Verdict = {
  class: "unknown",
  retry: "yes",
  reason: "The task ended with exit code 0 but left no outcome for this job.",
  advice: "Look at the task's log; a task has to settle each job of its run before it ends.",
};

/** Of a job that waits or has just been tried. */
export const REMOVED_PIPELINE: JobFailure = {
  class: "configuration",
  reason: "The job's pipeline is no longer in pipelines.ts.",
  advice: "Put the pipeline back and deploy, then retry the job.",
  retry: "no",
};
