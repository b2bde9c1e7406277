import { describe, expect, test } from "@jest/globals";
import { differences, readSamples, type Sample } from "../../../cli/demo/expectations.ts";
import type { JobView } from "../../../cli/job-view.ts";

const SAMPLE: Sample = {
  key: "images/a.jpg",
  expect: { state: "SUCCEEDED", result: { width: 10, gps: { latitude: 57.70421 }, derived: [{ width: 5 }] } },
};

function aView(change: Partial<JobView> = {}): JobView {
  return {
    jobId: "1",
    pipeline: "images",
    state: "SUCCEEDED",
    source: { type: "upload", key: "images/a.jpg" },
    attempts: [],
    createdAt: "2026-11-22T10:00:00.000Z",
    result: {
      width: 10,
      height: 3,
      gps: { latitude: 57.70424, longitude: 1 },
      derived: [{ width: 5, key: "k" }],
    },
    ...change,
  };
}

describe("what the demo expects of a sample", () => {
  test("is met where the result has what was named, and whatever else", () => {
    expect(differences(SAMPLE, aView())).toEqual([]);
  });

  test.each([
    ["another state", aView({ state: "FAILED" }), ["is FAILED, not SUCCEEDED"]],
    [
      "another number",
      aView({ result: { ...(aView().result as object), width: 11 } }),
      ["result.width is 11, not 10"],
    ],
    [
      "fewer thumbnails",
      aView({ result: { ...(aView().result as object), derived: [] } }),
      ["result.derived is []"],
    ],
    ["no job", undefined, ["made no job"]],
  ])("is not met by %s, and the difference is named", (_what, view, wrong) => {
    expect(differences(SAMPLE, view)).toEqual(wrong);
  });

  test("names a wrong class, retry and reason of a failure", () => {
    const sample: Sample = {
      key: "images/b.jpg",
      expect: { state: "FAILED", class: "application", retry: "no", reasonIncludes: "PDF" },
    };
    const failure = { class: "network", reason: "No route.", advice: "", retry: "later" } as const;

    expect(differences(sample, aView({ state: "FAILED", failure }))).toEqual([
      "failed as network, not application",
      "has retry later, not no",
      'gives the reason "No route.", without "PDF"',
    ]);
  });

  test("of a folder marker is that it makes no job", () => {
    const marker: Sample = { key: "images/folder/", expect: "no job" };

    expect(differences(marker, undefined)).toEqual([]);
    expect(differences(marker, aView())).toEqual(["made a job (SUCCEEDED)"]);
  });

  test("is written down for at least fifteen samples, good ones and bad ones", () => {
    const states = readSamples().map(({ expect: wanted }) => (wanted === "no job" ? wanted : wanted.state));

    expect(states.length).toBeGreaterThanOrEqual(15);
    expect(new Set(states)).toEqual(new Set(["SUCCEEDED", "FAILED", "no job"]));
  });
});
