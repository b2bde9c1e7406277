import type { Message, QueueOptions } from "./standard-queue.ts";

const DEDUPLICATION_MS = 5 * 60_000;

interface Standing extends Message {
  readonly visibleAtMs: number;
}

/**
 * An SQS FIFO queue with one message group and its event source mapping: nothing is received while something is in flight, and
 * a deduplication id swallows for five minutes, also what comes after its message was read.
 */
export class FifoQueue {
  readonly deadLetters: Message[] = [];
  readonly #options: Omit<QueueOptions, "concurrency" | "windowMs"> & { delayMs: number };
  readonly #deduplicated = new Map<string, number>();
  #waiting: Standing[] = [];
  #sent = 0;
  #inFlight = false;

  constructor(options: Omit<QueueOptions, "concurrency" | "windowMs"> & { delayMs: number }) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiting.length;
  }

  send(body: string, deduplicationId: string): void {
    const { time, faults, delayMs, name, random } = this.#options;
    const known = this.#deduplicated.get(deduplicationId);
    if (known !== undefined && time.nowMs - known < DEDUPLICATION_MS) return;
    this.#deduplicated.set(deduplicationId, time.nowMs);
    if (faults.strikes("message-lost")) return;
    const lateMs = faults.strikes("message-late") ? random.between(1000, 120_000) : 0;
    const visibleAtMs = time.nowMs + delayMs + lateMs;
    this.#sent += 1;
    this.#waiting.push({ messageId: `${name}-${this.#sent}`, body, receives: 0, visibleAtMs });
    time.at(visibleAtMs + random.between(5, 100), () => void this.#deliver());
  }

  async #deliver(): Promise<void> {
    const { time, batchSize, maxReceives, consumer, visibilityMs, faults } = this.#options;
    if (this.#inFlight) return;
    const batch: Standing[] = [];
    for (const message of this.#waiting) {
      if (message.visibleAtMs > time.nowMs || batch.length === batchSize) break;
      message.receives += 1;
      batch.push(message);
    }
    const given = batch.filter(({ receives }) => receives <= maxReceives);
    this.deadLetters.push(...batch.filter(({ receives }) => receives > maxReceives));
    this.#waiting = this.#waiting.filter((message) => !batch.includes(message) || given.includes(message));
    if (given.length === 0) {
      if (batch.length > 0) void this.#deliver();
      return;
    }
    this.#inFlight = true;
    const receivedAtMs = time.nowMs;
    const returned = await consumer(given);
    const isBack = returned === "all" || returned.size > 0 || faults.strikes("message-doubled");
    if (!isBack) this.#waiting = this.#waiting.filter((message) => !given.includes(message));
    // Whatever was not deleted holds the group until it is visible again.
    time.at(isBack ? receivedAtMs + visibilityMs : time.nowMs, () => {
      this.#inFlight = false;
      void this.#deliver();
    });
    this.#wakeForLater();
  }

  #wakeForLater(): void {
    const next = this.#waiting[0];
    if (next !== undefined) this.#options.time.at(next.visibleAtMs + 50, () => void this.#deliver());
  }
}
