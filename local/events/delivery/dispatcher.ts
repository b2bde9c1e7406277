import type { CloudContext } from "../../context/cloud-context.ts";
import { MeasureCounter, measures, type Measure } from "../../context/metric.ts";
import type { Delivery } from "./delivery.ts";
import { deliveryFailure } from "./delivery-failure.ts";
import { sendToDeadLetters } from "./dead-letters.ts";
import type { DeliveryJournal } from "./journal.ts";
import { type Forward, sendToTarget } from "./send.ts";

/** EventBridge's own limits where a target sets none. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const DEFAULT_RETRY_ATTEMPTS = 185;
const DEFAULT_EVENT_AGE_SECONDS = 86_400;

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;
/** Deliveries under way at once; a burst waits its turn instead of filling the memory with promises. */
const MAX_UNDER_WAY = 64;

/** Delivers what the journal holds: at least once, retries with growing pauses, dead letters in the end. */
export class Dispatcher {
  readonly #context: CloudContext;
  readonly #journal: DeliveryJournal;
  readonly #forward: Forward;
  readonly #counter = new MeasureCounter();
  readonly #waiting: { delivery: Delivery; attempt: number }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #underWay = new Set<Promise<void>>();
  #stopped = false;

  constructor(context: CloudContext, journal: DeliveryJournal, forward: Forward) {
    this.#context = context;
    this.#journal = journal;
    this.#forward = forward;
  }

  /** Takes up what an earlier process left behind. */
  start(): void {
    for (const delivery of this.#journal.pending()) this.#enqueue(delivery, 0);
  }

  /** Returns when the deliveries are on disk, before they are delivered. */
  accept(deliveries: readonly Delivery[]): void {
    this.#journal.add(deliveries);
    for (const delivery of deliveries) this.#enqueue(delivery, 0);
  }

  takeCounts(): readonly Measure[] {
    return this.#counter.take();
  }

  /** What is not delivered by now stays in the journal. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all(this.#underWay);
    this.#journal.close();
  }

  #enqueue(delivery: Delivery, attempt: number): void {
    this.#waiting.push({ delivery, attempt });
    this.#next();
  }

  #next(): void {
    while (!this.#stopped && this.#underWay.size < MAX_UNDER_WAY) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const attempt = this.#attempt(next.delivery, next.attempt).finally(() => {
        this.#underWay.delete(attempt);
        this.#next();
      });
      this.#underWay.add(attempt);
    }
  }

  async #attempt(delivery: Delivery, retries: number): Promise<void> {
    try {
      await sendToTarget(this.#context, delivery, this.#forward);
      this.#journal.done(delivery.id);
      this.#count(delivery, { Invocations: 1 });
    } catch (error) {
      const failure = deliveryFailure(error);
      const exhausted = failure.retriable ? this.#exhausted(delivery, retries) : undefined;
      if (failure.retriable && exhausted === undefined) {
        this.#later(delivery, retries + 1);
        return;
      }
      const isKept = await sendToDeadLetters(this.#context, delivery, { failure, retries, exhausted });
      this.#count(delivery, {
        Invocations: 1,
        FailedInvocations: 1,
        ...(isKept ? { InvocationsSentToDlq: 1 } : {}),
      });
      this.#journal.done(delivery.id);
    }
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html */
  #count({ ruleArn }: Delivery, values: Readonly<Record<string, number>>): void {
    const RuleName = ruleArn.slice(ruleArn.lastIndexOf("/") + 1);
    this.#counter.add(measures("AWS/Events", { RuleName }, values));
  }

  #exhausted({ target, ingestedAt }: Delivery, retries: number): string | undefined {
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = target.RetryPolicy ?? {};
    if (retries >= (MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS)) return "MaximumRetryAttempts";
    const age = this.#context.clock.now() - ingestedAt;
    return age >= (MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE_SECONDS) * 1000
      ? "MaximumEventAgeInSeconds"
      : undefined;
  }

  #later(delivery: Delivery, retries: number): void {
    const pause = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (retries - 1));
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        this.#enqueue(delivery, retries);
      },
      pause * (0.5 + Math.random() / 2),
    );
    this.#timers.add(timer);
  }
}
