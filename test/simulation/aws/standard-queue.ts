import type { Faults } from "../engine/faults.ts";
import type { Random } from "../engine/random.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";

export interface Message {
  readonly messageId: string;
  readonly body: string;
  receives: number;
}

/** Ids of the messages that go back; "all" where the function died. */
export type Consumer = (messages: readonly Message[]) => Promise<"all" | ReadonlySet<string>>;

export interface QueueOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly random: Random;
  readonly visibilityMs: number;
  readonly maxReceives: number;
  readonly batchSize: number;
  readonly windowMs: number;
  readonly concurrency: number;
  readonly consumer: Consumer;
}

const LATE_MS = 10 * 60_000;

/** An SQS standard queue with its event source mapping: at least once, in no order, hidden while in flight, given up in the end. */
export class StandardQueue {
  readonly deadLetters: Message[] = [];
  readonly #options: QueueOptions;
  readonly #visible: Message[] = [];
  #sent = 0;
  #standing = 0;
  #active = 0;
  #polling = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** How many messages wait or are in flight. */
  get length(): number {
    return this.#standing;
  }

  send(body: string, delayMs = 0): void {
    const { faults, random, name } = this.#options;
    if (faults.strikes("message-lost")) return;
    const lateMs = faults.strikes("message-late") ? random.between(1000, LATE_MS) : 0;
    this.#sent += 1;
    this.#standing += 1;
    this.#appear({ messageId: `${name}-${this.#sent}`, body, receives: 0 }, delayMs + lateMs);
  }

  /** StartMessageMoveTask: whatever was given up is tried once more. @returns whether there was anything */
  moveDeadLettersBack(): boolean {
    const moved = this.deadLetters.splice(0);
    this.#standing += moved.length;
    for (const message of moved) this.#appear({ ...message, receives: 0 }, 0);
    return moved.length > 0;
  }

  #appear(message: Message, delayMs: number): void {
    const show = (): void => {
      this.#visible.push(message);
      this.#poll();
    };
    if (delayMs > 0) this.#options.time.after(delayMs, show);
    else show();
  }

  #poll(): void {
    const { time, windowMs, random, concurrency } = this.#options;
    if (this.#polling || this.#visible.length === 0 || this.#active >= concurrency) return;
    this.#polling = true;
    time.after(windowMs + random.between(5, 50), () => {
      this.#polling = false;
      void this.#deliver();
      this.#poll();
    });
  }

  async #deliver(): Promise<void> {
    const { time, visibilityMs, consumer, maxReceives } = this.#options;
    const batch: Message[] = [];
    for (const message of this.#take()) {
      message.receives += 1;
      if (message.receives <= maxReceives) batch.push(message);
      else {
        this.#standing -= 1;
        this.deadLetters.push(message);
      }
    }
    if (batch.length === 0) return;
    const hiddenUntil = time.nowMs + visibilityMs;
    this.#active += 1;
    const returned = await consumer(batch);
    this.#active -= 1;
    for (const message of batch) {
      const isBack = returned === "all" || returned.has(message.messageId);
      // A deletion may go unheard, and then the message comes once more.
      if (isBack || this.#options.faults.strikes("message-doubled")) {
        this.#appear(message, hiddenUntil - time.nowMs);
      } else this.#standing -= 1;
    }
    this.#poll();
  }

  /** Mostly the oldest, but in no order that one could rely on. */
  #take(): Message[] {
    const { batchSize, random, faults } = this.#options;
    const taken: Message[] = [];
    while (taken.length < batchSize && this.#visible.length > 0) {
      const index = faults.strikes("message-reordered")
        ? Math.floor(random.next() * Math.min(20, this.#visible.length))
        : 0;
      const message = index === 0 ? this.#visible.shift() : this.#visible.splice(index, 1)[0];
      if (message !== undefined) taken.push(message);
    }
    return taken;
  }
}
