import { MemoryJobStore } from "#adapters/memory/memory-job-store.ts";
import type { Job } from "#core/jobs/job.ts";
import type { WorkMessage } from "#core/intake/read-message.ts";
import { messageJobId } from "#core/jobs/job-id.ts";
import { type MessagePorts, type WorkedMessage, workMessage } from "#flow/work-message.ts";
import type { Assignment, Outcome } from "#flow/work-run.ts";
import { aPipeline, later, NOW } from "../../support/builders.ts";

export const VISIBILITY_SECONDS = 60;
export const pictures = aPipeline("pictures", {
  source: { type: "queue", reads: "images/" },
  retry: { attempts: 3, backoffSeconds: 30, maxBackoffSeconds: 100 },
});

export const aMessage = (change: Partial<WorkMessage> = {}): WorkMessage => ({
  messageId: "m-1",
  body: '{"key":"images/a.jpg"}',
  ...change,
});

export const done = async (): Promise<Outcome> => ({ type: "succeeded", result: { kind: "rendition" } });
export const failing = (tryAgain: boolean) => async (): Promise<Outcome> => ({
  type: "failed",
  report: { reason: tryAgain ? "Busy." : "No picture.", tryAgain },
});

export const taskArn = (name: string) => `arn:aws:ecs:us-east-1:123456789012:task/slipway/${name}`;

/** Jobs in memory, a clock of its own, and workers that may be given a message. */
export class MessageWorld {
  seconds = 0;
  readonly jobs = new MemoryJobStore({ clock: { now: () => this.now } });
  readonly assignments: Assignment[] = [];
  readonly results = new Map<string, string>();

  get now(): Date {
    return later(this.seconds, NOW);
  }

  async give(
    message: WorkMessage,
    perform: (assignment: Assignment) => Promise<Outcome>,
    { worker = "w1", ports = {} }: { worker?: string; ports?: Partial<MessagePorts> } = {},
  ): Promise<WorkedMessage> {
    const asked = async (assignment: Assignment): Promise<Outcome> => {
      this.assignments.push(assignment);
      return perform(assignment);
    };
    return workMessage(
      message,
      { pipeline: pictures, taskArn: taskArn(worker), visibilitySeconds: VISIBILITY_SECONDS, perform: asked },
      {
        jobs: this.jobs,
        results: { put: async ({ key, body }) => void this.results.set(key, String(body)) },
        clock: { now: () => this.now },
        chance: { random: () => 0.5, runId: () => "unused" },
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
        ...ports,
      },
    );
  }

  async job(message: WorkMessage = aMessage()): Promise<Job> {
    const job = await this.jobs.readJob(messageJobId({ pipeline: pictures.name, ...message }));
    if (job === undefined) throw new Error("The message has no job.");
    return job;
  }
}
