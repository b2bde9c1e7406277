import { describe, expect, it } from "@jest/globals";
import { Moment } from "./moment.ts";
import { seededRandom } from "./random.ts";

describe("A moment of virtual time", () => {
  it("is written as any date is, on whatever day and to the millisecond", () => {
    const random = seededRandom("moments");
    const from = Date.parse("1969-12-30T00:00:00Z");
    const to = Date.parse("2101-01-01T00:00:00Z");
    const times = [from, 0, -1, 59_999, 60_000, 86_399_999, 86_400_000, 1.5];
    for (let draw = 0; draw < 1000; draw += 1) times.push(random.between(from, to));

    expect(times.map((ms) => new Moment(ms).toISOString())).toEqual(
      times.map((ms) => new Date(ms).toISOString()),
    );
    expect(JSON.stringify({ at: new Moment(0) })).toBe('{"at":"1970-01-01T00:00:00.000Z"}');
  });
});
