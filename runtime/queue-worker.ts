import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "#core/jobs/job.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { WorkerPolicy } from "#core/pipelines/worker-policy.ts";
import type { ReceivedMessage } from "#core/ports/work-queue.ts";
import { workMessage } from "#flow/work-message.ts";
import type { Assignment, Outcome } from "#flow/work-run.ts";
import { EndedMessages } from "./ended-messages.ts";
import { HeldProtection } from "./held-protection.ts";
import { JobLanes } from "./job-lanes.ts";
import { type Lease, MessageLeases } from "./message-leases.ts";
import type { StopSignals } from "./process-signals.ts";
import type { WorkerPorts } from "./worker-ports.ts";

/** Of one ReceiveMessage. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
const MOST_MESSAGES = 10;
const LONG_POLL_SECONDS = 20;
/** Time for ECS to end an unprotected task, where it wants fewer: between two jobs, and when there is nothing to do. */
const BREATH_MS = 1000;
const IDLE_MS = 3000;
/** A worker that is never idle lets itself be scaled in once in a while, between two jobs. */
const PROTECTED_MS = 20_000;
const AFTER_ERROR_MS = 5000;
const PAUSE_LOOK_MS = 10_000;
const MOST_BACKOFF_SECONDS = 900;

export interface QueueWorkerOptions {
  readonly pipeline: Pipeline;
  readonly policy: WorkerPolicy;
  readonly taskArn: string;
  readonly signals: StopSignals;
  /** Does the work of one job; never rejects. `lost`: the message may be another worker's by now. */
  readonly perform: (assignment: Assignment, lost: AbortSignal) => Promise<Outcome>;
  /** Whether work goes on that was left behind after its time; then this process takes nothing more. */
  readonly isSpoilt: () => boolean;
}

/** Takes messages from the pipeline's queue and works at them, until it is asked to stop. */
export class QueueWorker {
  readonly #options: QueueWorkerOptions;
  readonly #ports: WorkerPorts;
  readonly #lanes: JobLanes;
  readonly #leases: MessageLeases;
  readonly #ended: EndedMessages;
  readonly #protection: HeldProtection;
  #pause = { isPaused: false, lookedMs: -Infinity };

  constructor(options: QueueWorkerOptions, ports: WorkerPorts) {
    const { visibilitySeconds, jobsAtOnce } = options.policy;
    this.#options = options;
    this.#ports = ports;
    this.#lanes = new JobLanes(jobsAtOnce);
    this.#leases = new MessageLeases({ queue: ports.queue, visibilitySeconds, log: ports.log });
    this.#ended = new EndedMessages(ports);
    this.#protection = new HeldProtection(ports.protection, ports.log);
  }

  /**
   * Ends when it is asked to, with nothing under way.
   * @throws where task protection cannot be had: nothing is worked on without it
   */
  async run(): Promise<void> {
    try {
      while (!this.#isEnding) await this.#turn();
    } finally {
      while (!this.#lanes.isIdle) await this.#lanes.change();
      await this.#ended[Symbol.asyncDispose]();
      this.#leases.close();
      await this.#protection.close();
    }
  }

  get #isEnding(): boolean {
    return this.#options.signals.stopping.aborted || this.#options.isSpoilt();
  }

  async #turn(): Promise<void> {
    const isDue = this.#protection.heldMs > PROTECTED_MS;
    if (this.#lanes.free === 0 || (isDue && !this.#lanes.isIdle)) return this.#lanes.change();
    if (isDue) return this.#rest(BREATH_MS);
    if (await this.#isPaused()) return this.#rest(IDLE_MS);
    if (!(await this.#protection.ensure())) return this.#rest(AFTER_ERROR_MS);
    const receivedMs = performance.now();
    const messages = await this.#receive();
    for (const message of messages) void this.#lanes.occupy(() => this.#handle(message, receivedMs));
    if (messages.length === 0 && this.#lanes.isIdle) await this.#rest(IDLE_MS);
  }

  /** Nothing is under way, or nothing more may be taken up beside it: others may have their way with this task. */
  async #rest(ms: number): Promise<void> {
    if (this.#lanes.isIdle) await this.#protection.giveBack();
    await sleep(ms, undefined, { signal: this.#options.signals.stopping }).catch(() => undefined);
  }

  async #receive(): Promise<ReceivedMessage[]> {
    const { policy, signals } = this.#options;
    try {
      return await this.#ports.queue.receive({
        limit: Math.min(MOST_MESSAGES, this.#lanes.free),
        // Beside others at work it must not wait long: their lanes become free.
        waitSeconds: this.#lanes.isIdle ? LONG_POLL_SECONDS : 1,
        visibilitySeconds: policy.visibilitySeconds,
        signal: signals.stopping,
      });
    } catch (error) {
      this.#ports.log.error("No messages could be received", { error: String(error) });
      await this.#rest(AFTER_ERROR_MS);
      return [];
    }
  }

  /** Never rejects. Whatever goes wrong, the message comes again. */
  async #handle(message: ReceivedMessage, receivedMs: number): Promise<void> {
    const { pipeline, taskArn, policy } = this.#options;
    const { queue, log } = this.#ports;
    const lease = this.#leases.hold(message.receipt, receivedMs);
    try {
      const perform = (assignment: Assignment) => this.#perform(assignment, lease);
      const { visibilitySeconds } = policy;
      const end = await workMessage(message, { pipeline, taskArn, visibilitySeconds, perform }, this.#ports);
      if (end.type === "ended") return await this.#ended.add(message, { ...end, lease });
      lease.end();
      if (end.type === "again") await queue.hide([message.receipt], end.seconds);
    } catch (error) {
      lease.end();
      log.error("A message goes back to its queue", { messageId: message.messageId, error: String(error) });
      const seconds = Math.min(MOST_BACKOFF_SECONDS, pipeline.retry.backoffSeconds * message.receives);
      await queue.hide([message.receipt], seconds).catch(() => []);
    }
  }

  async #perform(assignment: Assignment, { lost }: Lease): Promise<Outcome> {
    const work = async (): Promise<Outcome> =>
      this.#isEnding || lost.aborted ? { type: "interrupted" } : this.#options.perform(assignment, lost);
    return mayEndTheWorker(assignment.job) ? this.#lanes.alone(work) : this.#lanes.beside(work);
  }

  async #isPaused(): Promise<boolean> {
    if (performance.now() - this.#pause.lookedMs < PAUSE_LOOK_MS) return this.#pause.isPaused;
    const state = await this.#ports.pipelineStore
      .readPipeline(this.#options.pipeline.name)
      .catch(() => undefined);
    this.#pause = { isPaused: state?.paused === true, lookedMs: performance.now() };
    return this.#pause.isPaused;
  }
}

function mayEndTheWorker(job: Job): boolean {
  return job.alone === true;
}
