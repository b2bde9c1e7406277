import type { Log } from "#core/ports/log.ts";
import type { WorkQueue } from "#core/ports/work-queue.ts";

/** A message in the hands of this worker. */
export interface Lease {
  readonly receipt: string;
  /** Aborts when the message may be another worker's: the work at it has to stop. */
  readonly lost: AbortSignal;
  /** No further signs of life; the message is deleted or handed back. */
  end(): void;
}

interface Held {
  readonly lost: AbortController;
  /** By this process's own clock, which never goes back. */
  hiddenUntilMs: number;
}

/** Of the time that a message is hidden, after which it is hidden anew, and at whose end its work has to be over. */
const RENEWED_AFTER = 1 / 3;
const LOST_AFTER = 0.9;

/**
 * Keeps the messages hidden that are worked on. Where the queue cannot be reached for too long, the work is stopped before the
 * message comes to another worker.
 */
export class MessageLeases {
  readonly #queue: WorkQueue;
  readonly #seconds: number;
  readonly #log: Log;
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;
  #isRenewing = false;

  constructor(options: { queue: WorkQueue; visibilitySeconds: number; log: Log }) {
    this.#queue = options.queue;
    this.#seconds = options.visibilitySeconds;
    this.#log = options.log;
    this.#timer = setInterval(() => void this.#renew(), this.#seconds * 1000 * RENEWED_AFTER);
  }

  /** @param receivedMs when the call began that received the message, by performance.now() */
  hold(receipt: string, receivedMs: number): Lease {
    const held: Held = { lost: new AbortController(), hiddenUntilMs: this.#until(receivedMs) };
    this.#held.set(receipt, held);
    return { receipt, lost: held.lost.signal, end: () => void this.#held.delete(receipt) };
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing) return this.#dropLost();
    const receipts = [...this.#held.keys()];
    if (receipts.length === 0) return;
    this.#isRenewing = true;
    const askedMs = performance.now();
    try {
      const gone = new Set(await this.#queue.hide(receipts, this.#seconds));
      for (const receipt of receipts) {
        const held = this.#held.get(receipt);
        if (held === undefined) continue;
        if (gone.has(receipt)) held.lost.abort(new Error("The message is no longer this worker's."));
        else held.hiddenUntilMs = this.#until(askedMs);
      }
    } catch (error) {
      this.#log.warn("Messages could not be kept hidden", {
        messages: receipts.length,
        error: String(error),
      });
    } finally {
      this.#isRenewing = false;
    }
    this.#dropLost();
  }

  /** Those that may be another's before the next sign of life. */
  #dropLost(): void {
    for (const { lost, hiddenUntilMs } of this.#held.values()) {
      if (performance.now() + this.#seconds * 1000 * RENEWED_AFTER > hiddenUntilMs)
        lost.abort(
          new Error("The queue could not be reached for so long that the message may be another worker's."),
        );
    }
  }

  #until(fromMs: number): number {
    return fromMs + this.#seconds * 1000 * LOST_AFTER;
  }
}
