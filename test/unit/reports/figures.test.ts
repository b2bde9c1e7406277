import { expect, test } from "@jest/globals";
import { clockTime, inBytes, inCount, inDollars, inShare } from "#core/reports/figures.ts";

test.each([
  [0, "$0"],
  [0.0000003, "under $0.0001"],
  [0.0081234, "$0.0081"],
  [0.5, "$0.50"],
  [1, "$1.00"],
  [1234.5, "$1,234.50"],
])("%f dollars are written as %s", (usd, words) => {
  expect(inDollars(usd)).toBe(words);
});

test.each([
  [999, "999 bytes"],
  [1000, "1.0 KB"],
  [9e14, "900 TB"],
])("%d bytes are written as %s", (bytes, words) => {
  expect(inBytes(bytes)).toBe(words);
});

test("a share is never all where one is missing, nor nothing where there is one", () => {
  expect([inShare(1, 2), inShare(999_999, 1_000_000), inShare(1, 1_000_000)]).toEqual([
    "50 %",
    "over 99 %",
    "under 1 %",
  ]);
});

test("counts have commas, and minutes the time of the clock", () => {
  expect([inCount(1_234_567), clockTime("2026-11-29T23:51:47.000Z", 15)]).toEqual(["1,234,567", "00:06"]);
});
