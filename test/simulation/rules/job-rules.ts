import { isTerminal, type Job, type JobState, lastAttempt } from "#core/jobs/job.ts";
import type { History } from "../history.ts";

/** Where a job may go from where it stands; staying counts where something else of it changes. */
const NEXT: Readonly<Record<JobState, readonly JobState[]>> = {
  SUBMITTED: ["RUNNABLE"],
  RUNNABLE: ["STARTING", "CANCELLED", "SUPERSEDED", "FAILED"],
  STARTING: ["RUNNING", "RUNNABLE", "SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED"],
  RUNNING: ["RUNNING", "RUNNABLE", "SUCCEEDED", "FAILED", "CANCELLED", "SUPERSEDED"],
  SUCCEEDED: [],
  FAILED: [],
  CANCELLED: [],
  SUPERSEDED: [],
};

/** Rule 3: a state never moves backwards, and a terminal state never changes. */
export function checkJobWrite(before: Job | undefined, after: Job, history: History): void {
  const { jobId } = after;
  if (before === undefined) {
    if (after.state !== "RUNNABLE" || after.attempts.length > 0)
      history.violate({ rule: "state-moves-forward", what: `a job began as ${after.state}`, jobId });
    return;
  }
  const step = `${before.state} -> ${after.state}`;
  if (isTerminal(before)) history.violate({ rule: "terminal-stays", what: step, jobId });
  else if (!NEXT[before.state].includes(after.state))
    history.violate({ rule: "state-moves-forward", what: step, jobId });
  // Who is at work may end his work; only then an overtaken job is over.
  if (before.state === "RUNNING" && after.state === "SUPERSEDED" && before.supersededBy === undefined)
    history.violate({ rule: "state-moves-forward", what: "ended under the hands of its task", jobId });
  if (after.revision !== before.revision + 1) {
    const what = `revision ${before.revision} -> ${after.revision}`;
    history.violate({ rule: "state-moves-forward", what, jobId });
  }
  checkAttempts(before, after, history);
}

function checkAttempts(before: Job, after: Job, history: History): void {
  const { jobId } = after;
  if (after.attempts.length < before.attempts.length) {
    history.violate({ rule: "attempts-stay-on-record", what: "an attempt is gone", jobId });
    return;
  }
  const isRewritten = before.attempts.some((attempt, index) => {
    const now = after.attempts[index];
    return attempt.endedAt !== undefined && (now?.runId !== attempt.runId || now.outcome !== attempt.outcome);
  });
  if (isRewritten)
    history.violate({ rule: "attempts-stay-on-record", what: "an ended attempt changed", jobId });
  const standing = lastAttempt(before);
  const isHeld = before.state === "STARTING" || before.state === "RUNNING";
  if (isHeld && standing?.endedAt === undefined && after.attempts.length > before.attempts.length) {
    history.violate({ rule: "one-attempt-at-a-time", what: "claimed while another run held it", jobId });
  }
}
