import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import { MemoryMailPermits } from "#adapters/memory/memory-mail-permits.ts";
import { MemoryNoticeStore } from "#adapters/memory/memory-notice-store.ts";
import { claimJob, failJob, newJob, succeedJob, takeJob } from "#core/jobs/transitions.ts";
import type { JobFailure } from "#core/jobs/job.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { AdminMail } from "#core/ports/messaging.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { RunStopped } from "#events/slipway/run-stopped.ts";
import { notifyFailure, type NotifyPorts } from "#flow/notify-failure.ts";
import type { FailureEvent } from "#core/notices/failure.ts";
import { PacedMail } from "#flow/paced-mail.ts";
import { reviewNotices, type ReviewPorts } from "#flow/review-notices.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
const START = Date.parse("2026-11-22T20:00:00.000Z");

const pipelines = definePipelines({
  images: { source: { type: "upload", prefix: "images/" }, task: "media" },
});

export const BAD_FILE: JobFailure = {
  class: "application",
  reason: "The file is not a picture.",
  advice: "Upload a corrected file.",
  retry: "no",
};

export const TIMEOUT: JobFailure = {
  class: "timeout",
  reason: "The job took longer than its limit of 120 seconds.",
  advice: "Raise timeout.jobSeconds.",
  retry: "yes",
};

/** Failures, mails and sweeps in virtual time. */
export class NoticeWorld {
  #nowMs = START;
  readonly clock = { now: () => new Date(this.#nowMs) };
  readonly notices = new MemoryNoticeStore();
  readonly jobs = new MemoryJobStore({ clock: this.clock });
  /** With seconds since the start. */
  readonly mails: { second: number; subject: string; body: string }[] = [];
  /** Thrown instead of the next mails. */
  readonly mailErrors: Error[] = [];
  readonly log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  /** As SNS: keeps what it took, in the order of time. */
  readonly #sns: AdminMail = {
    send: async (mail) => {
      const error = this.mailErrors.shift();
      if (error !== undefined) throw error;
      this.mails.push({ second: (this.#nowMs - START) / 1000, ...mail });
    },
  };
  readonly #mail = new PacedMail({
    mail: this.#sns,
    permits: new MemoryMailPermits(),
    clock: this.clock,
    pause: async (milliseconds) => this.pass(milliseconds),
  });

  pass(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }

  ports(): NotifyPorts & ReviewPorts {
    return {
      notices: this.notices,
      jobs: this.jobs,
      mail: this.#mail,
      taskLogs: { tail: async () => ["the last line"] },
      clock: this.clock,
      log: this.log,
      stage: "test",
      region: "us-east-1",
      logGroupPrefix: "/slipway/test/",
      pipelines,
      remainingMs: () => 60_000,
    };
  }

  async notify(event: FailureEvent, change: Partial<NotifyPorts> = {}): Promise<void> {
    await notifyFailure(event, { ...this.ports(), ...change });
  }

  /** A sweep every five minutes until then. */
  async sweepFor(milliseconds: number): Promise<void> {
    const until = this.#nowMs + milliseconds;
    while (this.#nowMs < until) {
      this.pass(5 * MINUTE_MS);
      await reviewNotices("", this.ports());
    }
  }

  /** A job that fails now. @returns the event that tells of it */
  async failedJob(jobId: string, failure: JobFailure = BAD_FILE): Promise<JobFailed> {
    const at = this.clock.now();
    const held = await this.#heldJob(jobId);
    const job = failJob(held, "run-1", failure, at);
    if (job === undefined) throw new Error("The job did not fail.");
    await this.jobs.saveJob(job);
    return JobFailed.parse({
      id: "1",
      "detail-type": "Job Failed",
      source: "slipway",
      time: at.toISOString(),
      detail: { ...job, attempts: job.attempts.length, taskArn: job.attempts.at(-1)?.taskArn },
    });
  }

  async succeededJob(jobId: string): Promise<void> {
    const job = succeedJob(await this.#heldJob(jobId), "run-1", null, this.clock.now());
    if (job === undefined) throw new Error("The job did not succeed.");
    await this.jobs.saveJob(job);
  }

  unknownStop(runId: string, reason: string): RunStopped {
    return RunStopped.parse({
      id: "1",
      "detail-type": "Run Stopped",
      source: "slipway",
      time: this.clock.now().toISOString(),
      detail: { runId, pipeline: "images", state: "STOPPED", jobs: 3, class: "unknown", reason },
    });
  }

  async #heldJob(jobId: string) {
    const at = this.clock.now();
    const source = {
      type: "upload",
      bucket: "u",
      key: `images/${jobId}.jpg`,
      versionId: "v",
      sizeBytes: 1,
    } as const;
    const made = newJob({ jobId, pipeline: images(), source, at });
    const claimed = claimJob(made, "run-1", at);
    const taken =
      claimed && takeJob(claimed, { runId: "run-1", attempt: 1, taskArn: "arn:aws:ecs:r:1:task/c/t" }, at);
    if (claimed === undefined || taken === undefined) throw new Error("The job was not taken.");
    await this.jobs.createJob(made);
    await this.jobs.saveJob(claimed);
    await this.jobs.saveJob(taken);
    return taken;
  }
}

function images(): Pipeline {
  const pipeline = pipelines["images"];
  if (pipeline === undefined) throw new Error("There is no pipeline images.");
  return pipeline;
}
