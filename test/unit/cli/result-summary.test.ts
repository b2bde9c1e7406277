import { describe, expect, test } from "@jest/globals";
import { jobView, summaryOf } from "../../../cli/job-view.ts";
import { resultSummary } from "../../../cli/result-summary.ts";
import { aJob } from "../support/builders.ts";

const RENDITION = {
  kind: "rendition",
  key: "jobs/8f0c/2/rendition-640.webp",
  format: "webp",
  width: 640,
  height: 427,
  sizeBytes: 34_567,
};
const IMAGE = {
  kind: "image",
  format: "gif",
  width: 320,
  height: 240,
  orientation: 1,
  frames: 12,
  thumbhash: "YTkGJwaRhWUIt4lbgnhZl3ath2BUBGYA",
  gps: { latitude: 52.5, longitude: 13.4 },
  derived: [{ key: "jobs/8f0c/1/thumb-160.webp", width: 160, height: 120, format: "webp", sizeBytes: 900 }],
};

describe("a result in a line", () => {
  test.each([
    ["a rendition", RENDITION, "rendition-640.webp 640x427, 34,567 bytes"],
    ["an image", IMAGE, "gif 320x240, 12 frames, GPS, 1 thumbnail"],
    [
      "a still image without a place",
      { ...IMAGE, frames: 1, gps: undefined, derived: [{}, {}] },
      "gif 320x240, 2 thumbnails",
    ],
    [
      "an inventory",
      { kind: "inventory", listed: 40, sent: 2, tooOld: 0 },
      "40 objects looked at, 2 without a job",
    ],
    [
      "one that was too long for the table",
      { resultKey: "jobs/8f0c/1/result.json" },
      "jobs/8f0c/1/result.json",
    ],
    [
      "one of somebody's task",
      { words: 512, language: "en", isDraft: false },
      "words 512, language en, isDraft false",
    ],
    [
      "lists and what is nested",
      { pages: [1, 2], author: { name: "Ada" }, notes: [] },
      "pages [2], author {…}, notes []",
    ],
    ["many members", { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 }, "a 1, b 2, c 3, d 4, e 5, f 6, …"],
    ["six members", { a: 1, b: 2, c: 3, d: 4, e: 5, f: null }, "a 1, b 2, c 3, d 4, e 5, f null"],
    ["a long text", { text: "x".repeat(41) }, `text ${"x".repeat(39)}…`],
    ["a text of forty", { text: "x".repeat(40) }, `text ${"x".repeat(40)}`],
    ["a text that is cut in the middle of an emoji", `${"x".repeat(38)}🎉🎉`, `${"x".repeat(38)}…`],
    ["a number", 7, "7"],
    ["nothing", undefined, ""],
    ["what only says that it is a rendition", { kind: "rendition" }, "kind rendition"],
  ])("of %s", (_what, result, words) => {
    expect(resultSummary(result)).toBe(words);
  });

  test("gives way to a failure's reason, and stays whole in the view that --json prints", () => {
    const failure = { class: "application", reason: "It broke.", advice: "Mend it.", retry: "no" } as const;
    const done = jobView(aJob({ state: "SUCCEEDED", result: RENDITION }));

    expect(done.result).toEqual(RENDITION);
    expect(summaryOf(done)).toBe("rendition-640.webp 640x427, 34,567 bytes");
    expect(summaryOf({ ...done, failure })).toBe("application: It broke.");
  });
});
