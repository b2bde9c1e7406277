import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { LaunchBudget, launchesAgainFrom, launchesLeft } from "#core/planning/launch-rate.ts";
import { NOW, secondsAgo } from "./support/builders.ts";

const after = (ms: number): Date => new Date(NOW.getTime() + ms);

describe("LaunchBudget", () => {
  it("gives what it holds, then what flows in", () => {
    const budget = new LaunchBudget(15, NOW);
    const taken = Array.from({ length: 20 }, () => budget.take(NOW)).filter(Boolean);

    expect(taken).toHaveLength(14);
    expect(budget.take(after(60))).toBe(false);
    expect(budget.take(after(70))).toBe(true);
  });

  it("gives nothing for a while where AWS has asked for fewer calls", () => {
    const budget = new LaunchBudget(10, NOW);

    budget.empty();

    expect(budget.left(NOW)).toBe(0);
    expect(budget.left(after(500))).toBe(5);
  });

  it("says when it is full, and never holds more", () => {
    const budget = new LaunchBudget(10, NOW);
    expect(budget.fullInMs(NOW)).toBe(0);
    for (let call = 0; call < 6; call += 1) budget.take(NOW);

    expect(budget.fullInMs(NOW)).toBe(600);
    expect(budget.left(after(3_600_000))).toBe(9);
  });

  it("gives at least one at a time, however low the rate", () => {
    const budget = new LaunchBudget(0.5, NOW);

    expect([budget.take(NOW), budget.take(after(1000)), budget.take(after(2000))]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("is not confused by a clock that is set back", () => {
    const budget = new LaunchBudget(10, NOW);
    budget.empty();

    expect(budget.left(after(-60_000))).toBe(0);
  });

  it("never lets more through in any second than its rate and what it holds", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 20 }), (waits, perSecond) => {
        const budget = new LaunchBudget(perSecond, NOW);
        const calls: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          if (budget.take(after(now))) calls.push(now);
        }
        for (const from of calls) {
          const within = calls.filter((at) => at >= from && at < from + 1000).length;
          expect(within).toBeLessThanOrEqual(2 * perSecond);
        }
      }),
    );
  });
});

describe("launchesLeft", () => {
  it("counts what was launched within the window, by whosever clock", () => {
    const flights = [0.2, 0.9, 2, -0.5, -2].map((seconds) => ({ createdAt: secondsAgo(seconds) }));

    expect(launchesLeft({ perSecond: 5, flights }, NOW)).toBe(2);
  });

  it("lets one go in so many seconds where the rate is below one", () => {
    expect(launchesLeft({ perSecond: 0.2, flights: [{ createdAt: secondsAgo(4) }] }, NOW)).toBe(0);
    expect(launchesLeft({ perSecond: 0.2, flights: [{ createdAt: secondsAgo(6) }] }, NOW)).toBe(1);
  });

  it("remembers the last launch of a slow pipeline, whose task is over long before the next may come", () => {
    const slow = { perSecond: 0.01, flights: [] };

    expect(launchesLeft({ ...slow, lastLaunchAt: secondsAgo(90) }, NOW)).toBe(0);
    expect(launchesLeft({ ...slow, lastLaunchAt: secondsAgo(110) }, NOW)).toBe(1);
  });
});

describe("launchesAgainFrom", () => {
  const from = (perSecond: number, ...seconds: number[]) =>
    launchesAgainFrom({ perSecond, flights: seconds.map((ago) => ({ createdAt: secondsAgo(ago) })) }, NOW);

  it("is when enough of the launches of late are a window old", () => {
    expect(from(0.2, 4)).toEqual(new Date(secondsAgo(-1)));
    expect(from(2, 0.9, 0.6, 0.2)).toEqual(new Date(secondsAgo(-0.4)));
  });

  it("is never more than a window away, also where another clock was ahead", () => {
    expect(from(0.2, -3)).toEqual(new Date(secondsAgo(-5)));
  });

  it("is not where it may launch now", () => {
    expect(from(0.2, 6)).toBeUndefined();
    expect(from(3, 0.5, 0.2)).toBeUndefined();
  });
});
