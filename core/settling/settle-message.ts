import type { Verdict } from "../classification/failure.ts";
import { lastAttempt, type Job, type ReportedFailure } from "../jobs/job.ts";
import { isDeadLetter, takeMessage, waiting, workerHolding } from "../jobs/message-transitions.ts";
import { failJob, retryJob, succeedJob } from "../jobs/transitions.ts";
import type { Pipeline } from "../pipelines/pipeline.ts";
import { decideRetry } from "./decide-retry.ts";
import { verdictOf } from "./settle-job.ts";

/** What a worker does with a message whose job stands there already. */
export type Admission =
  /** Write this job, and work at it. */
  | { readonly type: "take"; readonly job: Job }
  /** Write this job: its last worker ended without a word, and its tries are used up. */
  | { readonly type: "end"; readonly job: Job }
  /** The job has ended: what follows from that is done once more. */
  | { readonly type: "ended" }
  /** Somebody else is at it: look again after so many seconds. */
  | { readonly type: "held"; readonly seconds: number };

interface Moment {
  readonly pipeline: Pipeline;
  readonly now: Date;
  /** 0 <= n < 1 */
  readonly chance: number;
}

const RUN_LOOK_SECONDS = 60;

/**
 * SQS gives a message a second time when its worker has given no sign of life for the visibility timeout, and seldom at once. Time
 * decides only when the second one may begin: the first can settle nothing from then on.
 */
export function admitMessage(
  job: Job,
  worker: Moment & { taskArn: string; visibilitySeconds: number },
): Admission {
  const { taskArn, visibilitySeconds, now } = worker;
  const taken = takeMessage(job, taskArn, now);
  if (taken !== undefined) return { type: "take", job: taken };
  // A person had it tried again, and a run has it.
  if (job.state === "STARTING" || (job.state === "RUNNING" && workerHolding(job) === undefined))
    return { type: "held", seconds: RUN_LOOK_SECONDS };
  const holder = workerHolding(job);
  if (holder === undefined) return { type: "ended" };
  const heldSeconds = (now.getTime() - Date.parse(lastAttempt(job)?.startedAt ?? job.updatedAt)) / 1000;
  if (heldSeconds < visibilitySeconds)
    return { type: "held", seconds: Math.ceil(visibilitySeconds - heldSeconds) };
  const left = settleUnsuccessful(job, holder, { verdict: VANISHED, released: false, alone: true }, worker);
  if (left === undefined) return { type: "ended" };
  const again = takeMessage(left.job, taskArn, now);
  if (again === undefined) return { type: "end", job: left.job };
  // Both moves are one write.
  return { type: "take", job: { ...again, revision: job.revision + 1 } };
}

/** How the work at a message ended. */
export type MessageOutcome =
  | { readonly type: "succeeded"; readonly result: unknown }
  | { readonly type: "failed"; readonly report: ReportedFailure }
  /** The worker has to go, or has lost the message; it is nobody's fault. */
  | { readonly type: "interrupted" };

/** What becomes of the message: it may go, or comes again after so many seconds. */
export type MessageEnd =
  { readonly type: "ended"; readonly dead: boolean } | { readonly type: "again"; readonly seconds: number };

/** @returns the job as it shall be written, and what becomes of its message; undefined where this worker holds it no more */
export function settleMessage(
  job: Job,
  holder: string,
  outcome: MessageOutcome,
  moment: Moment,
): { job: Job; end: MessageEnd } | undefined {
  switch (outcome.type) {
    case "succeeded": {
      const succeeded = succeedJob(job, holder, outcome.result, moment.now);
      return succeeded && { job: succeeded, end: { type: "ended", dead: false } };
    }
    case "failed":
      return settleUnsuccessful(
        job,
        holder,
        { verdict: messageVerdict(outcome.report), released: false, alone: false },
        moment,
      );
    case "interrupted":
      return settleUnsuccessful(job, holder, { verdict: INTERRUPTED, released: true, alone: false }, moment);
  }
}

function settleUnsuccessful(
  job: Job,
  holder: string,
  attempt: { verdict: Verdict; released: boolean; alone: boolean },
  { pipeline, now, chance }: Moment,
): { job: Job; end: MessageEnd } | undefined {
  const decision = decideRetry({ ...attempt, job, pipeline, now, chance });
  if (decision.type === "fail") {
    const failed = failJob(job, holder, decision.failure, now);
    return failed && { job: failed, end: { type: "ended", dead: isDeadLetter(failed) } };
  }
  const retried = retryJob(job, holder, { ...decision, alone: attempt.alone }, now);
  if (retried === undefined) return undefined;
  const seconds = attempt.released ? 0 : Math.ceil((decision.notBefore.getTime() - now.getTime()) / 1000);
  return { job: waiting(retried), end: { type: "again", seconds } };
}

/** Nobody uploads a message again. */
function messageVerdict(report: ReportedFailure): Verdict {
  const verdict = verdictOf(report);
  if (verdict.class !== "application" || report.tryAgain) return verdict;
  return {
    ...verdict,
    advice: "Send the message again as it should be, or with a file that can be worked on.",
  };
}

const INTERRUPTED: Verdict = {
  class: "scaling",
  retry: "yes",
  reason: "The worker had to stop before the job was done.",
  advice: "Nothing; another worker takes it up.",
};

const VANISHED: Verdict = {
  class: "platform",
  retry: "yes",
  reason: "The worker that had the job ended without a word.",
  advice:
    "Look at the stopped tasks of the pipeline's service and at their log. A message that ends its worker each time needs another input, or a larger size in pipelines.ts.",
};
