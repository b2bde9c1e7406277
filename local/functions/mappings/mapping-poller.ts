import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { CloudContext, ReceivedMessage } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { parseFunctionName } from "../function-name.ts";
import type { EventSourceMapping } from "../function-record.ts";
import type { FunctionStore, ResolvedFunction } from "../function-store.ts";
import type { Invoker } from "../invoker.ts";
import { failedMessages } from "./item-failures.ts";
import { sqsEvent } from "./sqs-records.ts";

/** The most that one ReceiveMessage gives, and the longest that it waits. */
const RECEIVE_MAX = 10;
const RECEIVE_WAIT_MS = 20_000;
/** What a batch may weigh, its envelope included: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
const ENVELOPE_BYTES = 1024;
const RETRY_MS = 1000;
/** Lambda begins with five concurrent batches and adds more; a laptop stays with what its processors can do. */
const DEFAULT_CONCURRENCY = Math.max(2, Math.min(5, availableParallelism()));

/** Reads one queue for one function: receive, invoke, delete what went well; what failed stays hidden until its visibility timeout. */
export class MappingPoller {
  readonly mapping: EventSourceMapping;
  readonly #context: CloudContext;
  readonly #store: FunctionStore;
  readonly #invoker: Invoker;
  readonly #stopping = new AbortController();
  readonly #batches = new Set<Promise<void>>();
  #loop: Promise<void> | undefined;
  #lastReported: string | undefined;

  constructor(options: {
    mapping: EventSourceMapping;
    context: CloudContext;
    store: FunctionStore;
    invoker: Invoker;
  }) {
    this.mapping = options.mapping;
    this.#context = options.context;
    this.#store = options.store;
    this.#invoker = options.invoker;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Takes no further messages. Running batches go on, and are waited for by `finished`. */
  stop(): void {
    this.#stopping.abort();
  }

  async finished(): Promise<void> {
    await this.#loop;
    await Promise.all(this.#batches);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const concurrency = this.mapping.maximumConcurrency ?? DEFAULT_CONCURRENCY;
    while (!signal.aborted) {
      try {
        if (this.#batches.size >= concurrency) await Promise.race(this.#batches);
        // Without a function the messages stay where they are.
        this.#target();
        const messages = await this.#gather(signal);
        this.#lastReported = undefined;
        if (messages.length === 0) continue;
        const batch = this.#process(messages)
          .catch((error: unknown) => this.#report(error))
          .finally(() => this.#batches.delete(batch));
        this.#batches.add(batch);
      } catch (error) {
        if (signal.aborted) return;
        this.#report(error);
        await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** One batch: what a single receive gives, or with a batching window what comes until it is full or over. */
  async #gather(signal: AbortSignal): Promise<ReceivedMessage[]> {
    const { batchSize, batchingWindowSeconds } = this.mapping;
    const messages = await this.#receive(batchSize, RECEIVE_WAIT_MS, signal);
    if (batchingWindowSeconds === 0 || messages.length === 0) return messages;
    const endsMs = performance.now() + batchingWindowSeconds * 1000;
    while (messages.length < batchSize && sizeOf(messages) < MAX_PAYLOAD_BYTES && !signal.aborted) {
      const leftMs = endsMs - performance.now();
      if (leftMs <= 0) break;
      messages.push(...(await this.#receive(batchSize - messages.length, leftMs, signal)));
    }
    return messages;
  }

  async #receive(max: number, waitMs: number, signal: AbortSignal): Promise<ReceivedMessage[]> {
    return this.#context.queues.receive(this.mapping.queueArn, {
      max: Math.min(max, RECEIVE_MAX),
      waitMs: Math.min(waitMs, RECEIVE_WAIT_MS),
      signal,
    });
  }

  async #process(messages: readonly ReceivedMessage[]): Promise<void> {
    await Promise.all(withinPayload(messages).map((batch) => this.#invoke(batch)));
  }

  async #invoke(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queueArn, reportsItemFailures } = this.mapping;
    const target = this.#target();
    const payload = Buffer.from(JSON.stringify(sqsEvent(queueArn, this.#context.region, batch)), "utf8");
    const outcome = await this.#invoker.invoke(target, payload);
    if (outcome.functionError !== undefined) return;
    const ids = batch.map((message) => message.messageId);
    const failed = reportsItemFailures
      ? failedMessages(outcome.payload.toString("utf8"), ids)
      : new Set<string>();
    const done = batch.filter((message) => !failed.has(message.messageId));
    if (done.length > 0)
      await this.#context.queues.delete(
        queueArn,
        done.map((message) => message.receiptHandle),
      );
  }

  #target(): ResolvedFunction {
    return this.#store.resolve(parseFunctionName(this.mapping.functionArn));
  }

  /** Says the same trouble once, not with each try. */
  #report(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    // A throttled function is no fault of the cloud: the messages come back, as in AWS.
    if (error instanceof AwsError && error.code === "TooManyRequestsException") return;
    const line = `event source mapping ${this.mapping.queueArn} -> ${this.mapping.functionArn}: ${String(error)}`;
    if (line !== this.#lastReported) this.#context.report(line);
    this.#lastReported = line;
  }
}

function sizeOf(messages: readonly ReceivedMessage[]): number {
  return messages.reduce((sum, message) => sum + weight(message), 0);
}

function weight(message: ReceivedMessage): number {
  // As it stands in the event: quotes and control characters grow in JSON.
  return Buffer.byteLength(JSON.stringify(message)) + ENVELOPE_BYTES;
}

/** Cuts a batch that is too heavy for one invocation. */
function withinPayload(messages: readonly ReceivedMessage[]): ReceivedMessage[][] {
  const batches: ReceivedMessage[][] = [];
  let bytes = Infinity;
  for (const message of messages) {
    const size = weight(message);
    if (bytes + size > MAX_PAYLOAD_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(message);
    bytes += size;
  }
  return batches;
}
