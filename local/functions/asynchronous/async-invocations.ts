import { randomUUID } from "node:crypto";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { InvocationOutcome } from "../environments/invocation-outcome.ts";
import type { EventInvokeConfig } from "../function-record.ts";
import type { FunctionStore, ResolvedFunction } from "../function-store.ts";
import type { Invoker } from "../invoker.ts";
import type { AsyncEvent, AsyncJournal } from "./async-journal.ts";
import { deliverOutcome, type OutcomeCondition } from "./outcome-delivery.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
export const DEFAULT_MAXIMUM_RETRIES = 2;
export const DEFAULT_MAXIMUM_AGE_SECONDS = 21_600;
/** Between tries of an event that did not reach the function (throttled, or a fault of ours): 1 s, doubling up to 5 minutes. */
const BACKOFF_MS = { first: 1000, longest: 300_000 };

/** Lambda's queue of asynchronous invocations. */
export class AsyncInvocations {
  readonly #context: CloudContext;
  readonly #store: FunctionStore;
  readonly #invoker: Invoker;
  readonly #journal: AsyncJournal;
  readonly #retryDelaysMs: readonly number[];
  readonly #waiting = new Map<string, { event: AsyncEvent; missed: number; timer: NodeJS.Timeout }>();
  #stopped = false;

  constructor(options: {
    context: CloudContext;
    store: FunctionStore;
    invoker: Invoker;
    journal: AsyncJournal;
    /** Delay before the first and the second retry; in AWS one and two minutes. */
    retryDelaysMs: readonly number[];
  }) {
    this.#context = options.context;
    this.#store = options.store;
    this.#invoker = options.invoker;
    this.#journal = options.journal;
    this.#retryDelaysMs = options.retryDelaysMs;
  }

  /** Takes up what was accepted before the cloud stopped. */
  start(): void {
    for (const event of this.#journal.load()) this.#schedule(event);
  }

  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#waiting.values()) clearTimeout(timer);
  }

  /** Looks anew at what is due. */
  clockMoved(): void {
    for (const { event, missed, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      this.#schedule(event, missed);
    }
  }

  /** Accepts an event; it is on disk when this returns. All its attempts carry the request id of the call. */
  accept(target: ResolvedFunction, payload: string, requestId: string = randomUUID()): void {
    const now = this.#context.clock.now();
    const event: AsyncEvent = {
      requestId,
      functionName: target.configuration.name,
      qualifier: target.qualifier,
      payload,
      acceptedMs: now,
      failures: 0,
      dueMs: now,
    };
    this.#journal.save(event);
    this.#schedule(event);
  }

  #schedule(event: AsyncEvent, missed = 0): void {
    if (this.#stopped) return;
    const timer = setTimeout(
      () => {
        this.#waiting.delete(event.requestId);
        this.#attempt(event, missed).catch((error: unknown) => this.#report(event, error));
      },
      Math.max(0, event.dueMs - this.#context.clock.now()),
    );
    this.#waiting.set(event.requestId, { event, missed, timer });
  }

  #report(event: AsyncEvent, error: unknown): void {
    if (!this.#stopped)
      this.#context.report(`asynchronous invocation of ${event.functionName}: ${String(error)}`);
  }

  async #attempt(event: AsyncEvent, missed: number): Promise<void> {
    const target = this.#find(event);
    if (target === undefined) {
      this.#journal.remove(event);
      return;
    }
    const rules = target.record.eventInvokeConfigs[event.qualifier] ?? defaultRules();
    const expiresMs = event.acceptedMs + rules.maximumEventAgeSeconds * 1000;
    if (this.#context.clock.now() > expiresMs) return this.#settle(event, target, rules, "EventAgeExceeded");
    let outcome: InvocationOutcome;
    try {
      outcome = await this.#invoker.invoke(target, Buffer.from(event.payload, "utf8"), {
        requestId: event.requestId,
      });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "TooManyRequestsException")
        this.#report(event, error);
      const waitMs = Math.min(BACKOFF_MS.first * 2 ** missed, BACKOFF_MS.longest);
      this.#schedule({ ...event, dueMs: this.#context.clock.now() + waitMs }, missed + 1);
      return;
    }
    // The process was ended by us: the event runs again at the next start.
    if (this.#stopped) return;
    if (outcome.functionError === undefined) return this.#settle(event, target, rules, "Success", outcome);
    const failed = { ...event, failures: event.failures + 1 };
    if (failed.failures > rules.maximumRetryAttempts)
      return this.#settle(failed, target, rules, "RetriesExhausted", outcome);
    const delayMs = this.#retryDelaysMs[failed.failures - 1] ?? 0;
    const retry = { ...failed, dueMs: this.#context.clock.now() + delayMs };
    this.#journal.save(retry);
    this.#schedule(retry);
  }

  async #settle(
    event: AsyncEvent,
    target: ResolvedFunction,
    rules: EventInvokeConfig,
    condition: OutcomeCondition,
    outcome?: InvocationOutcome,
  ): Promise<void> {
    await deliverOutcome(
      { context: this.#context, store: this.#store, asynchronous: this },
      { event, target, rules, condition, outcome },
    );
    this.#journal.remove(event);
  }

  #find(event: AsyncEvent): ResolvedFunction | undefined {
    try {
      const qualified = event.qualifier === "$LATEST" ? {} : { qualifier: event.qualifier };
      return this.#store.resolve({ name: event.functionName, ...qualified });
    } catch (error) {
      if (error instanceof AwsError) return undefined;
      throw error;
    }
  }
}

function defaultRules(): EventInvokeConfig {
  return {
    maximumRetryAttempts: DEFAULT_MAXIMUM_RETRIES,
    maximumEventAgeSeconds: DEFAULT_MAXIMUM_AGE_SECONDS,
    lastModified: "",
  };
}
