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

/** What a pipeline that keeps a rate of its own has launched of late. */
export interface OwnLaunches {
  /** Launches a second; below 1 it means one launch in so many seconds. */
  readonly perSecond: number;
  /** The pipeline's own. */
  readonly flights: readonly Pick<Flight, "createdAt">[];
  /** ISO 8601; where the rate is slow. */
  readonly lastLaunchAt?: string | undefined;
}

/**
 * Whether the last launch has to be remembered. What was launched within a second is still in flight, for no task is over that soon; of a
 * pipeline with one launch in a minute it may be over long before the next.
 */
export function isSlow(perSecond: number | undefined): boolean {
  return perSecond !== undefined && perSecond < 1;
}

/** How many runs a pipeline may launch now under a rate of its own. */
export function launchesLeft(launches: OwnLaunches, now: Date): number {
  return Math.max(0, launchesInAWindow(launches) - recentLaunches(launches, now).length);
}

/** When it may launch again; undefined where it may now. */
export function launchesAgainFrom(launches: OwnLaunches, now: Date): Date | undefined {
  const recent = recentLaunches(launches, now).sort((one, other) => one - other);
  // By a clock that was ahead it would be later than a whole window.
  const first = recent.at(-launchesInAWindow(launches));
  return first === undefined ? undefined : new Date(Math.min(first, now.getTime()) + windowMs(launches));
}

function recentLaunches(launches: OwnLaunches, now: Date): number[] {
  const { flights, lastLaunchAt } = launches;
  const times = [...flights.map(({ createdAt }) => createdAt), ...(lastLaunchAt ? [lastLaunchAt] : [])];
  return times
    .map((time) => Date.parse(time))
    .filter((atMs) => Math.abs(now.getTime() - atMs) < windowMs(launches));
}

function launchesInAWindow({ perSecond }: OwnLaunches): number {
  return Math.max(1, Math.floor(perSecond));
}

function windowMs({ perSecond }: OwnLaunches): number {
  return 1000 / Math.min(1, perSecond);
}
