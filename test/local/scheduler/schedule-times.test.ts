import { describe, expect, test } from "@jest/globals";
import { scheduleTimes } from "#local/scheduler/schedule-times.ts";

const at = (text: string) => Date.parse(text);

function timesOf(expression: string, from: string, count: number, more: object = {}): string[] {
  const createdAt = at(from);
  const schedule = scheduleTimes({ expression, timeZone: "UTC", createdAt, ...more });
  const times: string[] = [];
  for (let after = createdAt - 1; times.length < count;) {
    const next = schedule.next(after);
    if (next === undefined) break;
    times.push(new Date(next).toISOString().slice(0, 16));
    after = next;
  }
  return times;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
describe("scheduled times", () => {
  test("of at() come once, in the time zone", () => {
    expect(
      timesOf("at(2026-07-01T08:00:00)", "2026-01-01T00:00:00Z", 3, { timeZone: "Europe/Berlin" }),
    ).toEqual(["2026-07-01T06:00"]);
    expect(timesOf("at(2025-07-01T08:00:00)", "2026-01-01T00:00:00Z", 3)).toEqual([]);
  });

  test("of a rate begin at once, or at the start date, and end", () => {
    expect(timesOf("rate(2 hours)", "2026-01-01T00:30:00Z", 2)).toEqual([
      "2026-01-01T00:30",
      "2026-01-01T02:30",
    ]);
    const bounded = { startAt: at("2026-01-02T00:00:00Z"), endAt: at("2026-01-02T02:00:00Z") };
    expect(timesOf("rate(1 hour)", "2026-01-01T00:30:00Z", 9, bounded)).toEqual([
      "2026-01-02T00:00",
      "2026-01-02T01:00",
      "2026-01-02T02:00",
    ]);
  });

  test("of cron() follow the wall clock over the change to summer time", () => {
    expect(timesOf("cron(0 8 * * ? *)", "2026-03-28T00:00:00Z", 3, { timeZone: "Europe/Berlin" })).toEqual([
      "2026-03-28T07:00",
      "2026-03-29T06:00",
      "2026-03-30T06:00",
    ]);
  });

  test("that the clocks skip in spring are skipped", () => {
    expect(timesOf("cron(30 2 * * ? *)", "2026-03-28T00:00:00Z", 2, { timeZone: "Europe/Berlin" })).toEqual([
      "2026-03-28T01:30",
      "2026-03-30T00:30",
    ]);
  });

  test("that the clocks go through twice in autumn come once", () => {
    expect(
      timesOf("cron(30 1 * * ? *)", "2026-10-31T12:00:00Z", 2, { timeZone: "America/New_York" }),
    ).toEqual(["2026-11-01T05:30", "2026-11-02T06:30"]);
  });

  test.each([
    "rate(1 minutes)",
    "rate(5)",
    "cron(0 8 * * * *)",
    "at(2026-13-01T00:00:00)",
    "at(tomorrow)",
    "daily",
  ])("cannot be read out of %s", (expression) => {
    expect(() => scheduleTimes({ expression, timeZone: "UTC", createdAt: 0 })).toThrow(RangeError);
  });
});
