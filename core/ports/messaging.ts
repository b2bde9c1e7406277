import type { FailureClass } from "../classification/failure.ts";
import type { Job } from "../jobs/job.ts";
import type { Run } from "../runs/run.ts";

/** Wakes dispatch. Wake-ups carry no data and may be lost: sweep wakes dispatch on every tick. */
export interface WakeUps {
  now(): Promise<void>;
  /** After `seconds`, 1 to 900. */
  later(seconds: number): Promise<void>;
}

/** A domain event that others may subscribe to on the application's bus. */
export type Announcement =
  | { readonly type: "Job Succeeded"; readonly job: Job }
  | { readonly type: "Job Failed"; readonly job: Job }
  | { readonly type: "Run Stopped"; readonly run: Run }
  | { readonly type: "Pipeline Paused"; readonly pause: PipelinePause }
  | { readonly type: "Trouble Noticed"; readonly trouble: Trouble };

/** A pipeline's guard has paused it. */
export interface PipelinePause {
  readonly pipeline: string;
  /** What happened, in one plain sentence. */
  readonly reason: string;
  readonly advice: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What is no job's failure and needs a person all the same. */
export interface Trouble {
  /** The same for the same trouble. */
  readonly troubleId: string;
  /** A task that belongs to no run has failed, or work waits and none begins. */
  readonly about: "task" | "waiting";
  /** The pipeline, or ECS' name of the service or family: "service:web". */
  readonly pipeline: string;
  readonly class: FailureClass;
  readonly reason: string;
  readonly advice: string;
  /** ISO 8601. */
  readonly at: string;
  readonly taskArn?: string;
}

export interface Announcements {
  /** All or an error; receivers take duplicates. Any number. */
  publish(announcements: readonly Announcement[]): Promise<void>;
}

/** Where a message goes that nobody can read: the dead-letter queue, with the reason as a message attribute. */
export interface Quarantine {
  set(message: { body: string; reason: string; messageId: string }): Promise<void>;
}

/** From a task to track: these jobs have an outcome. A lost report is late, not lost. */
export interface TaskReports {
  send(report: { runId: string; jobIds: readonly string[] }): Promise<void>;
}

/** The mail to administrators. */
export interface AdminMail {
  /** Subject: ASCII, under 100 characters; body: under 256 KiB. */
  send(mail: { subject: string; body: string }): Promise<void>;
}

/** Sends trigger events to the intake queue, in the shape S3 sends them. Any number. */
export interface IntakeSender {
  send(events: readonly unknown[]): Promise<void>;
}
