import type { Flight } from "../runs/run.ts";

/** RunTask takes 20 calls a second, and others in the account need some. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
export const ACCOUNT_LAUNCHES_PER_SECOND = 15;

/**
 * How many runs may be launched now under a rate. What was launched a moment ago is still in flight, for no task is over within a
 * second, so the flights are all the memory that this needs.
 * @param perSecond below 1 it means one launch in so many seconds
 */
export function launchesLeft(
  flights: readonly Pick<Flight, "createdAt">[],
  perSecond: number,
  now: Date,
): number {
  const windowMs = 1000 / Math.min(1, perSecond);
  const recent = flights.filter(({ createdAt }) => now.getTime() - Date.parse(createdAt) < windowMs);
  return Math.max(0, Math.max(1, Math.floor(perSecond)) - recent.length);
}
