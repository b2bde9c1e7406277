import type { Schedule } from "../events/schedules/schedule.ts";

const DAY_MS = 86_400_000;

/**
 * A schedule of wall-clock times (as if they were UTC) in a time zone. A time that the clocks skip in spring is skipped, one
 * that they go through twice in autumn counts once.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 * @throws RangeError where there is no such time zone
 */
export function inTimeZone(wallClock: Schedule, timeZone: string): Schedule {
  const offsetAt = offsetsOf(timeZone);
  const instantOf = (wall: number): number | undefined => {
    const offsets = [offsetAt(wall - DAY_MS), offsetAt(wall + DAY_MS)];
    const instants = offsets
      .filter((offset) => offsetAt(wall - offset) === offset)
      .map((offset) => wall - offset);
    return instants.length === 0 ? undefined : Math.min(...instants);
  };
  return {
    next(after) {
      for (
        let wall = wallClock.next(after + offsetAt(after));
        wall !== undefined;
        wall = wallClock.next(wall)
      ) {
        const instant = instantOf(wall);
        if (instant !== undefined && instant > after) return instant;
      }
      return undefined;
    },
  };
}

/** How far the zone's clocks are ahead of UTC at an instant, in milliseconds. @throws RangeError */
function offsetsOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (instant) => {
    const parts = Object.fromEntries(
      format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const wall = Date.UTC(year, month - 1, day, hour, minute, second);
    return wall - Math.floor(instant / 1000) * 1000;
  };
}
