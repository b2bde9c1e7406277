import { readMessage, type WorkMessage } from "#core/intake/read-message.ts";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { isDeadLetter, newMessageJob, workerHolding } from "#core/jobs/message-transitions.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { resultsPrefix } from "#core/planning/run-request.ts";
import type { Chance, Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { admitMessage, type MessageEnd, settleMessage } from "#core/settling/settle-message.ts";
import { keepResult } from "./keep-result.ts";
import { moveJob, TooManyConflictsError } from "./save.ts";
import type { Assignment, Outcome } from "./work-run.ts";

export interface MessagePorts {
  readonly jobs: Pick<JobStore, "createJob" | "saveJob">;
  readonly results: ResultStore;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
}

/** The worker that has received a message. */
export interface MessageWorker {
  readonly pipeline: Pipeline;
  readonly taskArn: string;
  readonly visibilitySeconds: number;
  /** Never rejects. */
  readonly perform: (assignment: Assignment) => Promise<Outcome>;
}

/** What became of a message, and why where it goes to the dead-letter queue. */
export type WorkedMessage =
  | { readonly type: "ended"; readonly jobId: string; readonly deadBecause?: string }
  | { readonly type: "again"; readonly seconds: number }
  /** Another worker has it by now. */
  | { readonly type: "lost" };

const MAX_TRIES = 10;

/**
 * Works at one message: records its job, or takes it up where it stands, has it done and settles it. The same message again is the
 * same job: what has ended is only told again. The message itself is the caller's, to delete or to hide.
 * @throws where the table cannot be had; the message then comes again
 */
export async function workMessage(
  message: WorkMessage,
  worker: MessageWorker,
  ports: MessagePorts,
): Promise<WorkedMessage> {
  const { pipeline, taskArn } = worker;
  const { jobId, source, unreadable } = readMessage(pipeline.name, message);
  const fresh = newMessageJob({ jobId, pipeline, source, taskArn, at: ports.clock.now() });
  const created = await ports.jobs.createJob(fresh);
  const begun = created.saved ? fresh : await takeUp(created.current, worker, ports);
  if ("type" in begun) return begun;
  const holder = workerHolding(begun);
  if (holder === undefined) return endOf(begun);
  const assignment: Assignment = {
    job: begun,
    attempt: begun.attempts.length,
    resultsPrefix: resultsPrefix(jobId, begun.attempts.length),
  };
  const outcome: Outcome =
    unreadable === undefined
      ? await keepResult(await worker.perform(assignment), assignment, ports.results)
      : { type: "failed", report: { reason: unreadable, tryAgain: false } };
  return settle({ begun, holder, outcome }, worker, ports);
}

/** The job is there already: it is taken if nobody has it, also from a worker that has ended. */
async function takeUp(
  standing: Job | undefined,
  worker: MessageWorker,
  ports: MessagePorts,
): Promise<Job | WorkedMessage> {
  let job = standing;
  for (let attempt = 0; attempt < MAX_TRIES && job !== undefined; attempt += 1) {
    const now = ports.clock.now();
    const admission = admitMessage(job, { ...worker, now, chance: ports.chance.random() });
    if (admission.type === "ended") return endOf(job);
    if (admission.type === "held") return { type: "again", seconds: admission.seconds };
    const result = await ports.jobs.saveJob(admission.job);
    if (result.saved) return admission.job;
    job = result.current;
  }
  throw new TooManyConflictsError("A message's job was written by others time and again, or is gone.");
}

async function settle(
  worked: { begun: Job; holder: string; outcome: Outcome },
  { pipeline }: MessageWorker,
  ports: MessagePorts,
): Promise<WorkedMessage> {
  const { begun, holder, outcome } = worked;
  const moment = { pipeline, now: ports.clock.now(), chance: ports.chance.random() };
  let end: MessageEnd | undefined;
  const settled = await moveJob(ports.jobs, begun, (current) => {
    const wanted = settleMessage(current, holder, outcome, moment);
    end = wanted?.end;
    return wanted?.job;
  });
  if (settled?.moved === true && end?.type === "again") return end;
  if (settled?.moved !== true)
    ports.log.warn("The job is no longer this worker's; its outcome is dropped", { jobId: begun.jobId });
  return settled !== undefined && isTerminal(settled.item) ? endOf(settled.item) : { type: "lost" };
}

function endOf(job: Job): WorkedMessage {
  const { jobId, failure } = job;
  return {
    type: "ended",
    jobId,
    ...(isDeadLetter(job) ? { deadBecause: failure?.reason ?? "It failed." } : {}),
  };
}
