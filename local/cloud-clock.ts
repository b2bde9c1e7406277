import type { CloudClock } from "./context/cloud-context.ts";

/** The system's time plus what a test has moved it. */
export class MovableClock implements CloudClock {
  #aheadMs = 0;

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** @throws RangeError where time would go back */
  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError(`The clock cannot be moved by ${milliseconds} ms.`);
    this.#aheadMs += milliseconds;
  }
}
