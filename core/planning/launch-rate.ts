import type { Flight } from "../runs/run.ts";

/** RunTask takes 20 calls a second, and others in the account need some. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
export const ACCOUNT_LAUNCHES_PER_SECOND = 15;

/**
 * The calls of RunTask that one slice of dispatch may make: a bucket as AWS has it (20 a second, and on Fargate bursts of 100), a little
 * smaller. Every call draws on it, also one that is made again. A slice waits at its end until the bucket is full, and slices follow each
 * other, so that it needs no memory and no right clock.
 */
export class LaunchBudget {
  readonly #perSecond: number;
  readonly #most: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, now: Date) {
    this.#perSecond = perSecond;
    this.#most = Math.max(1, Math.floor(perSecond) - 1);
    this.#tokens = this.#most;
    this.#filledAtMs = now.getTime();
  }

  /** How many calls may be made now. */
  left(now: Date): number {
    this.#fill(now);
    return Math.floor(this.#tokens);
  }

  /** @returns false where the call has to wait */
  take(now: Date): boolean {
    if (this.left(now) < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** AWS has asked for fewer calls: others in the account make some too. */
  empty(): void {
    this.#tokens = 0;
  }

  /** Milliseconds until it is full. */
  fullInMs(now: Date): number {
    this.#fill(now);
    return Math.ceil(((this.#most - this.#tokens) / this.#perSecond) * 1000);
  }

  #fill(now: Date): void {
    const seconds = Math.max(0, now.getTime() - this.#filledAtMs) / 1000;
    this.#tokens = Math.min(this.#most, this.#tokens + seconds * this.#perSecond);
    this.#filledAtMs = now.getTime();
  }
}

/**
 * How many runs a pipeline may launch now under a rate of its own. What was launched a moment ago is still in flight, for no task is
 * over within a second, so the flights are all the memory that this needs.
 * @param perSecond below 1 it means one launch in so many seconds
 */
export function launchesLeft(
  flights: readonly Pick<Flight, "createdAt">[],
  perSecond: number,
  now: Date,
): number {
  const windowMs = 1000 / Math.min(1, perSecond);
  const recent = flights.filter(
    ({ createdAt }) => Math.abs(now.getTime() - Date.parse(createdAt)) < windowMs,
  );
  return Math.max(0, Math.max(1, Math.floor(perSecond)) - recent.length);
}
