import type { CloudClock } from "../context/cloud-context.ts";

/** What a queue knows at a moment: whether a message may be received, and when that may change by itself. */
export interface Outlook {
  readonly ready: boolean;
  readonly nextChange: number;
}

/** Those who long-poll a queue. One timer for all of them, set to the moment at which a hidden message appears. */
export class Waiters {
  readonly #clock: CloudClock;
  readonly #outlook: (now: number) => Outlook;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: CloudClock, outlook: (now: number) => Outlook) {
    this.#clock = clock;
    this.#outlook = outlook;
  }

  async wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || waitMs <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timeOver = setTimeout(resolve, waitMs);
    signal.addEventListener("abort", () => resolve(), { once: true });
    this.#waiting.add(resolve);
    this.look();
    await promise;
    clearTimeout(timeOver);
    this.#waiting.delete(resolve);
    if (this.#waiting.size === 0) clearTimeout(this.#timer);
  }

  /** Looks whether the first of those who wait can be served; called after each change. */
  look(): void {
    if (this.#waiting.size === 0) return;
    const now = this.#clock.now();
    const { ready, nextChange } = this.#outlook(now);
    clearTimeout(this.#timer);
    if (ready) this.wakeAll();
    else if (nextChange < Infinity)
      this.#timer = setTimeout(() => this.look(), Math.min(nextChange - now + 1, 0x7fffffff));
  }

  wakeAll(): void {
    for (const resolve of this.#waiting) resolve();
  }
}
