import { describe, expect, test } from "@jest/globals";
import type { Job } from "#core/jobs/job.ts";
import { type Facts, judge } from "./judge.ts";
import type { Picture } from "./pictures.ts";

const picture: Picture = { key: "images/a.png", width: 40, height: 30, format: "png" };
const version = {
  bucket: "uploads",
  key: picture.key,
  versionId: "v1",
  sizeBytes: 10,
  lastModified: "2026-11-22T23:00:00.000Z",
  isLatest: true,
};
const job: Job = {
  jobId: "j1",
  pipeline: "images",
  state: "SUCCEEDED",
  source: { type: "upload", bucket: "uploads", key: picture.key, versionId: "v1", sizeBytes: 10 },
  priority: "normal",
  attempts: [
    { runId: "r1", outcome: "platform" },
    { runId: "r2", outcome: "succeeded" },
  ],
  createdAt: "2026-11-22T23:00:00.000Z",
  updatedAt: "2026-11-22T23:00:00.000Z",
  revision: 5,
  result: { width: 40, height: 30, derived: [{ key: "jobs/j1/2/thumb-40.webp" }] },
};
const facts: Facts = {
  accepted: new Map([[picture.key, { picture }]]),
  versions: [version],
  jobs: [job],
  resultKeys: new Set(["jobs/j1/2/thumb-40.webp", "jobs/j1/1/thumb-40.webp"]),
  stuck: [],
};
const told = (change: Partial<Facts>): string[] => judge({ ...facts, ...change }).map(({ what }) => what);

describe("what chaos looks for", () => {
  test("is satisfied by one version, one job and one result, whatever a dead attempt left behind", () => {
    expect(judge(facts)).toEqual([]);
  });

  test.each<[string, Partial<Facts>, RegExp]>([
    ["an accepted file that S3 has lost", { versions: [] }, /has 0 versions/],
    ["a file that S3 has twice", { versions: [version, { ...version, versionId: "v2" }] }, /has 2 versions/],
    ["a file without a job", { jobs: [] }, /has 0 jobs/],
    ["a file with two jobs", { jobs: [job, { ...job, jobId: "j2" }] }, /has 2 jobs/],
    ["a job that failed", { jobs: [{ ...job, state: "FAILED" }] }, /is FAILED/],
    ["a job that did not end", { jobs: [{ ...job, state: "RUNNING" }] }, /is RUNNING/],
    [
      "a job that succeeded twice",
      { jobs: [{ ...job, attempts: [...job.attempts, { runId: "r3", outcome: "succeeded" }] }] },
      /succeeded 2 times/,
    ],
    ["a job without a result", { jobs: [{ ...job, result: {} }] }, /has no result/],
    [
      "the result of another file",
      { jobs: [{ ...job, result: { ...(job.result as object), width: 41 } }] },
      /is told as 41 x 30/,
    ],
    [
      "a result that a dead attempt wrote",
      {
        jobs: [{ ...job, result: { width: 40, height: 30, derived: [{ key: "jobs/j1/1/thumb-40.webp" }] } }],
      },
      /of another attempt/,
    ],
    ["a result that is not there", { resultKeys: new Set() }, /not there/],
    ["what nobody uploaded", { accepted: new Map() }, /never uploaded/],
    ["what is still under way", { stuck: ["1 runs in flight"] }, /1 runs in flight/],
  ])("tells of %s", (_what, change, expected) => {
    expect(told(change)).toContainEqual(expect.stringMatching(expected));
  });
});
