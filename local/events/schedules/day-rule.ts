import { fieldValue, parseField } from "./cron-field.ts";

/** A day in UTC; months from 1, weekdays from 1 for Sunday, as EventBridge's cron counts. */
export interface Day {
  readonly day: number;
  readonly weekday: number;
  readonly lastOfMonth: number;
}

export type DayRule = (day: Day) => boolean;

const DAY_OF_MONTH = { min: 1, max: 31, turns: true };
const WEEKDAY = { min: 1, max: 7, turns: true, names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] };

/**
 * `L` is the month's last day, `15W` the working day nearest to the 15th within the month, `LW` its last working day.
 * @throws RangeError
 */
export function dayOfMonthRule(text: string): DayRule {
  if (text === "L") return ({ day, lastOfMonth }) => day === lastOfMonth;
  if (text === "LW") return (day) => day.day === nearestWorkday(day.lastOfMonth, day);
  if (text.endsWith("W")) {
    const wanted = fieldValue(text.slice(0, -1), DAY_OF_MONTH);
    return (day) => day.day === nearestWorkday(wanted, day);
  }
  const days = parseField(text, DAY_OF_MONTH);
  return ({ day }) => days.has(day);
}

/** `6L` is the month's last Friday, `3#2` its second Tuesday, `L` Saturday. @throws RangeError */
export function weekdayRule(text: string): DayRule {
  if (text === "L") return ({ weekday }) => weekday === WEEKDAY.max;
  if (text.endsWith("L")) {
    const wanted = fieldValue(text.slice(0, -1), WEEKDAY);
    return ({ day, weekday, lastOfMonth }) => weekday === wanted && day > lastOfMonth - 7;
  }
  const [name = "", nth, ...more] = text.split("#");
  if (nth !== undefined) {
    if (more.length > 0) throw new RangeError(`${text} is no week of the month`);
    const wanted = fieldValue(name, WEEKDAY);
    const week = fieldValue(nth, { min: 1, max: 5 });
    return ({ day, weekday }) => weekday === wanted && Math.ceil(day / 7) === week;
  }
  const weekdays = parseField(text, WEEKDAY);
  return ({ weekday }) => weekdays.has(weekday);
}

function nearestWorkday(wanted: number, { day, weekday, lastOfMonth }: Day): number {
  if (wanted > lastOfMonth) return Number.NaN;
  const weekdayOfWanted = ((((weekday - 1 + wanted - day) % 7) + 7) % 7) + 1;
  if (weekdayOfWanted === 7) return wanted === 1 ? 3 : wanted - 1;
  if (weekdayOfWanted === 1) return wanted === lastOfMonth ? wanted - 2 : wanted + 1;
  return wanted;
}
