import type { VirtualTime } from "../engine/virtual-time.ts";

/** How AWS throttles: a bucket that fills at a rate and overflows at its size. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #time: VirtualTime;
  #tokens: number;
  #filledAtMs: number;

  constructor(options: { perSecond: number; burst: number; time: VirtualTime }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#time = options.time;
    this.#tokens = options.burst;
    this.#filledAtMs = options.time.nowMs;
  }

  take(): boolean {
    const now = this.#time.nowMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAtMs) / 1000) * this.#perSecond);
    this.#filledAtMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
