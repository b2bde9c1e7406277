import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { StateFile } from "../context/state-file.ts";
import { deliveryFailure, type DeliveryFailure } from "../events/delivery/delivery-failure.ts";
import { inputOf, type Invocation, invoke, requireAllowed } from "./invocation.ts";
import type { ScheduleRecord } from "./schedule-store.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

/**
 * Invokes targets until they take it, the retry policy is used up, or nothing would help; then the dead-letter queue has it.
 * What is under way is on disk: a cloud that was killed goes on with it.
 */
export class Invoker {
  readonly #context: CloudContext;
  readonly #file: StateFile<Invocation[]>;
  #pending: Invocation[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #stopped = false;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#file = new StateFile(join(context.dataDir, "scheduler", "invocations.json"));
  }

  start(): void {
    this.#pending = this.#file.load([]);
    this.tick();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running.values());
  }

  accept(schedule: ScheduleRecord, scheduledAt: number): void {
    const now = this.#context.clock.now();
    this.#pending.push({
      id: randomUUID(),
      scheduleArn: schedule.arn,
      target: schedule.target,
      scheduledAt,
      firstTriedAt: now,
      failed: 0,
      nextTryAt: now,
    });
    this.#save();
  }

  /** Tries what is due. */
  tick(): void {
    const now = this.#context.clock.now();
    for (const invocation of this.#pending) {
      if (this.#stopped || invocation.nextTryAt > now || this.#running.has(invocation.id)) continue;
      const done = this.#try(invocation).finally(() => this.#running.delete(invocation.id));
      this.#running.set(invocation.id, done);
    }
  }

  async #try(invocation: Invocation): Promise<void> {
    try {
      await invoke(this.#context, invocation);
    } catch (error) {
      const failure = deliveryFailure(error);
      const condition = this.#exhausted(invocation, failure);
      if (condition === undefined) {
        invocation.failed += 1;
        const waitMs = Math.min(FIRST_RETRY_MS * 2 ** (invocation.failed - 1), LONGEST_RETRY_MS);
        invocation.nextTryAt = this.#context.clock.now() + waitMs;
        this.#save();
        setTimeout(() => this.tick(), waitMs).unref();
        return;
      }
      await this.#bury(invocation, failure, condition);
    }
    this.#pending = this.#pending.filter((candidate) => candidate !== invocation);
    this.#save();
  }

  #exhausted({ failed, firstTriedAt, target }: Invocation, failure: DeliveryFailure): string | undefined {
    if (!failure.retriable) return "";
    if (failed >= target.RetryPolicy.MaximumRetryAttempts) return "MaximumRetryAttempts";
    const ageMs = this.#context.clock.now() - firstTriedAt;
    return ageMs >= target.RetryPolicy.MaximumEventAgeInSeconds * 1000
      ? "MaximumEventAgeInSeconds"
      : undefined;
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html */
  async #bury(invocation: Invocation, failure: DeliveryFailure, condition: string): Promise<void> {
    const { scheduleArn, target, id, failed, scheduledAt } = invocation;
    const queueArn = target.DeadLetterConfig?.Arn;
    this.#context.report(
      `Scheduler: ${scheduleArn} could not invoke ${target.Arn}: ${failure.code}: ${failure.message}`,
    );
    if (queueArn === undefined) return;
    const attributes = {
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      EXECUTION_ID: id,
      RETRY_ATTEMPTS: String(failed),
      SCHEDULED_TIME: new Date(scheduledAt).toISOString(),
      SCHEDULE_ARN: scheduleArn,
      TARGET_ARN: target.Arn,
      ...(condition === "" ? {} : { EXHAUSTED_RETRY_CONDITION: condition }),
    };
    try {
      requireAllowed(this.#context, target.RoleArn, "sqs:SendMessage", queueArn);
      await this.#context.queues.send(queueArn, {
        body: inputOf(this.#context, invocation),
        attributes: Object.fromEntries(
          Object.entries(attributes).map(([name, stringValue]) => [
            name,
            { dataType: "String", stringValue },
          ]),
        ),
      });
    } catch (error) {
      this.#context.report(`Scheduler: the dead-letter queue ${queueArn} did not take it: ${String(error)}`);
    }
  }

  #save(): void {
    this.#file.save(this.#pending);
  }
}
