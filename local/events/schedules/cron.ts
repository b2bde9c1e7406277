import { parseField } from "./cron-field.ts";
import { dayOfMonthRule, weekdayRule } from "./day-rule.ts";
import type { Schedule } from "./schedule.ts";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const LAST_YEAR = 2199;
const DAY_MS = 86_400_000;

/**
 * `cron(minutes hours day-of-month month day-of-week year)` in UTC; one of the two day fields is `?`.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 * @throws RangeError that says which field is wrong
 */
export function cronSchedule(fields: string): Schedule {
  const [minuteText, hourText, dayText, monthText, weekdayText, yearText, ...more] = fields
    .trim()
    .split(/\s+/);
  if (yearText === undefined || more.length > 0) throw new RangeError("a cron expression has six fields");
  const minutes = parseField(minuteText ?? "", { min: 0, max: 59, turns: true });
  const hours = parseField(hourText ?? "", { min: 0, max: 23, turns: true });
  const months = parseField(monthText ?? "", { min: 1, max: 12, turns: true, names: MONTHS });
  const years = parseField(yearText, { min: 1970, max: LAST_YEAR });
  if ((dayText === "?") === (weekdayText === "?"))
    throw new RangeError("one of the two day fields must be ?");
  const isDay = weekdayText === "?" ? dayOfMonthRule(dayText ?? "") : weekdayRule(weekdayText ?? "");
  const times = [...hours]
    .flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * 60_000))
    .sort((a, b) => a - b);

  return {
    next(after) {
      for (let midnight = after - (((after % DAY_MS) + DAY_MS) % DAY_MS); ; midnight += DAY_MS) {
        const date = new Date(midnight);
        const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
        if (year > LAST_YEAR) return undefined;
        const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
        const day = { day: date.getUTCDate(), weekday: date.getUTCDay() + 1, lastOfMonth };
        if (!years.has(year) || !months.has(month + 1) || !isDay(day)) continue;
        const time = times.find((offset) => midnight + offset > after);
        if (time !== undefined) return midnight + time;
      }
    },
  };
}
