import { parseSchedule, type Schedule } from "../events/schedules/schedule.ts";
import { inTimeZone } from "./zoned-schedule.ts";

/** What decides when a schedule invokes its target; times in milliseconds since 1970. */
export interface Timing {
  readonly expression: string;
  readonly timeZone: string;
  readonly startAt?: number;
  readonly endAt?: number;
  /** Where a rate without a start counts from. */
  readonly createdAt: number;
}

/**
 * `at(2026-11-23T08:00:00)`, `rate(5 minutes)` or `cron(...)`, cron and at in the schedule's time zone.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 * @throws RangeError that says what is wrong
 */
export function scheduleTimes(timing: Timing): Schedule {
  const { expression, timeZone, startAt, endAt = Infinity } = timing;
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(expression)?.[1];
  if (at !== undefined) return inTimeZone(once(Date.parse(`${at}Z`)), timeZone);
  const base = expression.startsWith("rate(")
    ? fromStart(parseSchedule(expression), startAt ?? timing.createdAt)
    : inTimeZone(parseSchedule(expression), timeZone);
  return {
    next(after) {
      const time = base.next(Math.max(after, (startAt ?? 0) - 1));
      return time === undefined || time > endAt ? undefined : time;
    },
  };
}

function once(time: number): Schedule {
  if (Number.isNaN(time)) throw new RangeError("at() has no such date");
  return { next: (after) => (time > after ? time : undefined) };
}

/** A rate invokes at its start and every period after that. */
function fromStart(rate: Schedule, start: number): Schedule {
  const periodMs = (rate.next(0) ?? 0) - 0;
  return {
    next: (after) =>
      after < start ? start : start + (Math.floor((after - start) / periodMs) + 1) * periodMs,
  };
}
