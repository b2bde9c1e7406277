import { cronSchedule } from "./cron.ts";

export interface Schedule {
  /** The first scheduled time after this one, both in milliseconds since 1970; undefined where there is none any more. */
  next(after: number): number | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/**
 * `rate(5 minutes)`, `rate(1 hour)` or `cron(...)`. A rate counts from the time that is given to `next`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws RangeError that says what is wrong
 */
export function parseSchedule(expression: string): Schedule {
  const cron = /^cron\(([^()]*)\)$/.exec(expression)?.[1];
  if (cron !== undefined) return cronSchedule(cron);
  const [, value, unit, plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit ?? ""];
  if (unitMs === undefined) throw new RangeError("it is neither rate(value unit) nor cron(fields)");
  if ((value === "1") !== (plural === ""))
    throw new RangeError("the unit of a rate is singular for 1 and plural for more");
  const periodMs = Number(value) * unitMs;
  return { next: (after) => after + periodMs };
}
