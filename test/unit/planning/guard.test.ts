import { describe, expect, test } from "@jest/globals";
import { guardedPause, runsAllowed } from "#core/planning/guard.ts";
import { aPipeline, NOW } from "../support/builders.ts";

const TODAY = { day: "2026-11-22", runs: 3, usd: 1.5 };

describe("a guard", () => {
  test.each([
    [{ runsPerDay: 4 }, TODAY, undefined],
    [{ runsPerDay: 3 }, TODAY, "The pipeline had 3 runs today, and its guard allows 3."],
    [{ usdPerDay: 1.51 }, TODAY, undefined],
    [{ usdPerDay: 1.5 }, TODAY, "The pipeline cost 1.50 US dollars today, and its guard allows 1.5."],
    [
      { runsPerDay: 4, usdPerDay: 1 },
      TODAY,
      "The pipeline cost 1.50 US dollars today, and its guard allows 1.",
    ],
    [{ runsPerDay: 3, usdPerDay: 1 }, { ...TODAY, day: "2026-11-21" }, undefined],
    [undefined, TODAY, undefined],
    [{ runsPerDay: 1 }, undefined, undefined],
  ])("of %j says of %j: %s", (guard, tally, reason) => {
    const pipeline = aPipeline("images", guard === undefined ? {} : { guard });

    expect(guardedPause(pipeline, tally, NOW)?.reason).toBe(reason);
  });

  test.each([
    [{ runsPerDay: 5 }, TODAY, 1, 1],
    [{ runsPerDay: 5 }, TODAY, 2, 0],
    [{ runsPerDay: 5 }, TODAY, 9, 0],
    [{ runsPerDay: 5 }, { ...TODAY, day: "2026-11-21" }, 1, 4],
    [{ usdPerDay: 1 }, TODAY, 9, Number.POSITIVE_INFINITY],
  ])("of %j allows after %j and %d runs to be launched %d more", (guard, tally, unlaunched, more) => {
    expect(runsAllowed(aPipeline("images", { guard }), tally, unlaunched, NOW)).toBe(more);
  });
});
