import { expect, it } from "@jest/globals";
import { atWorkInWords } from "../../../cli/commands/control.ts";

it("is said in one sentence why a cancelled job cannot be retried yet, and when it can, whatever its run is at", () => {
  expect(atWorkInWords("0123", {})).toBe(
    "Job 0123 was cancelled while a run had it, whose task may still work on it or come to it; retry the job again later, which is refused until that run has ended.",
  );
  expect(atWorkInWords("0123", { until: new Date("2026-11-22T20:00:00.000Z") })).toBe(
    "Job 0123 was cancelled while a worker had it, who may still work on it until 2026-11-22T20:00:00.000Z; retry the job then.",
  );
});
