import { readTrigger } from "#core/intake/read-trigger.ts";
import { isTerminal, type Job, type UploadTrigger } from "#core/jobs/job.ts";
import { newJob } from "#core/jobs/transitions.ts";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { Quarantine, WakeUps } from "#core/ports/messaging.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";
import { orderVersion } from "./order-version.ts";
import { pointToResults } from "./point-to-results.ts";

export interface IntakePorts {
  readonly jobs: JobStore;
  readonly lines: ObjectLineStore;
  readonly quarantine: Quarantine;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly log: Log;
  readonly pipelines: Pipelines;
  readonly uploadsBucket: string;
  /** What the names of the stage's rules begin with. */
  readonly rulePrefix: string;
}

/** A message of the intake queue as it came. */
export interface IntakeMessage {
  readonly messageId: string;
  readonly body: string;
}

/**
 * Records the job that a message asks for, with a conditional put. What nobody can read goes to the dead-letter queue at once,
 * with the reason; what is no work is dropped and logged.
 * @returns whether dispatch has to be woken: also for a duplicate, whose first delivery may have died before the wake-up
 */
export async function recordTrigger(message: IntakeMessage, ports: IntakePorts): Promise<{ wake: boolean }> {
  const trigger = readTrigger(parse(message.body), ports);
  switch (trigger.type) {
    case "unreadable":
      ports.log.warn("A message was set aside", { messageId: message.messageId, reason: trigger.why });
      await ports.quarantine.set({ body: message.body, reason: trigger.why, messageId: message.messageId });
      return { wake: false };
    case "not-work":
      ports.log.info("Not work", { messageId: message.messageId, reason: trigger.why });
      return { wake: false };
    case "job": {
      // The line is written after the job: should nobody come to that, the end of the job's run does it by what the source says.
      const job = newJob({ ...trigger, at: ports.clock.now() });
      const result = await ports.jobs.createJob(job);
      const recorded = result.saved ? job : result.current;
      const standing =
        recorded && (await order(recorded, { ...trigger, isRecordedNow: result.saved }, ports));
      ports.log.info(result.saved ? "Job recorded" : "Job known already", {
        jobId: job.jobId,
        pipeline: job.pipeline,
        state: standing?.state,
      });
      return { wake: standing === undefined || !isTerminal(standing) };
    }
  }
}

/**
 * @param told what this message says of the version: the job may have been recorded by another, an event where this is a listing's or
 * the other way round, and both together know where it stands
 */
async function order(
  job: Job,
  told: { pipeline: Pipeline; source: Job["source"]; isRecordedNow: boolean },
  ports: IntakePorts,
): Promise<Job> {
  const { pipeline, isRecordedNow } = told;
  if (pipeline.onOverwrite !== "newest-only" || job.source.type !== "upload") return job;
  const source = told.source.type === "upload" ? bothOf(job.source, told.source) : job.source;
  const ordered = await orderVersion({ ...job, source }, ports);
  // Whoever recorded it before may have died, or been slow, and it has succeeded before it had its place: without a sequencer nothing
  // told then whether its result is the key's.
  if (!isRecordedNow || source.listed !== undefined)
    await pointToResults(await ports.jobs.readJobs([job.jobId]), ports);
  return ordered;
}

/** Of two listings the one that this message brings counts. */
function bothOf(recorded: UploadTrigger, told: UploadTrigger): UploadTrigger {
  return { ...told, ...recorded, ...(told.listed === undefined ? {} : { listed: told.listed }) };
}

/** Text that is not JSON is handed on as it is: readTrigger says that it is no event. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
