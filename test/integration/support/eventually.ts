import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 100;
/** Generous: two cores may be busy with other things. Below the time that jest gives a test, so that what was seen last is told. */
const DEADLINE_MS = 120_000;

/**
 * Reads until what was read is as wanted, and answers it.
 * @throws Error that shows the last thing read, where that never happened
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T>,
  isWanted: (value: T) => boolean,
  { deadlineMs = DEADLINE_MS, pollMs = POLL_MS }: { deadlineMs?: number; pollMs?: number } = {},
): Promise<T> {
  const until = Date.now() + deadlineMs;
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    if (Date.now() > until) {
      throw new Error(
        `${what}: not so within ${deadlineMs} ms; the last was ${JSON.stringify(value, undefined, 2)}`,
      );
    }
    await sleep(pollMs);
  }
}
