import { describe, expect, it } from "@jest/globals";
import { definePipelines, PipelinesError } from "#core/pipelines/define-pipelines.ts";
import { refuseWhatCannotRun } from "#infrastructure/settings.ts";

const upload = (prefix: string) => ({ source: { type: "upload" as const, prefix }, task: "media" });
const hourly = { source: { type: "schedule" as const, expression: "rate(1 hour)" }, task: "report" };

/** The lines with which entries are refused; entries may be anything, as in a file without types. */
function problemsOf(entries: Record<string, unknown>): readonly string[] {
  try {
    definePipelines(entries as Parameters<typeof definePipelines>[0]);
  } catch (error) {
    if (error instanceof PipelinesError) return error.problems;
    throw error;
  }
  return [];
}

describe("definePipelines", () => {
  it("needs a source and a task, and fills in the rest", () => {
    const { images } = definePipelines({ images: upload("images/") });

    expect(images).toEqual({
      name: "images",
      source: { type: "upload", prefix: "images/" },
      task: "media",
      size: { cpu: 1024, memoryMiB: 2048 },
      maxSize: { cpu: 1024, memoryMiB: 8192 },
      architecture: "ARM64",
      ephemeralStorageGiB: 20,
      priority: "normal",
      pack: { maxJobs: 1, maxBytes: 268_435_456, maxSeconds: 600, windowSeconds: 0 },
      retry: { attempts: 3, backoffSeconds: 30, maxBackoffSeconds: 900 },
      timeout: { jobSeconds: 900, runSeconds: 3600, startSeconds: 600 },
      capacity: { type: "spot-first", maxTasks: 10 },
      overlap: "skip",
      onOverwrite: "process-all",
      maxHops: 3,
      environment: {},
      secrets: {},
      role: [],
      network: "public",
    });
  });

  it("keeps what an entry says beside the defaults of the same group", () => {
    const { images } = definePipelines({ images: { ...upload("images/"), pack: { maxJobs: 25 } } });

    expect(images?.pack).toEqual({
      maxJobs: 25,
      maxBytes: 268_435_456,
      maxSeconds: 600,
      windowSeconds: 0,
    });
  });

  it("accepts two prefixes of which neither begins with the other", () => {
    expect(problemsOf({ a: upload("photos/"), b: upload("photos-raw/") })).toEqual([]);
  });

  it.each<[what: string, entries: Record<string, unknown>, problem: string]>([
    [
      "a size that Fargate does not have, with the nearest that it has",
      { images: { ...upload("images/"), size: { cpu: 1024, memoryMiB: 1024 } } },
      'Pipeline "images": size { cpu: 1024, memoryMiB: 1024 } does not exist on Fargate; the nearest are { cpu: 512, memoryMiB: 1024 }; { cpu: 1024, memoryMiB: 2048 }; { cpu: 1024, memoryMiB: 3072 }.',
    ],
    [
      "a prefix that is part of another",
      { images: upload("images/"), raw: upload("images/raw/") },
      'Pipeline "raw": prefix "images/raw/" overlaps with "images/" of pipeline "images", and a key may belong to one only; give one of them a prefix of its own.',
    ],
    [
      "the same prefix twice",
      { images: upload("images/"), again: upload("images/") },
      'Pipeline "again": prefix "images/" overlaps with "images/" of pipeline "images", and a key may belong to one only; give one of them a prefix of its own.',
    ],
    [
      "results under an upload prefix",
      { images: upload("jobs/") },
      'Pipeline "images": prefix "jobs/" is where results are written (jobs/), and results must never become uploads; choose another prefix.',
    ],
    [
      "a prefix without its slash",
      { images: upload("images") },
      'Pipeline "images": source.prefix must end with a slash, e.g. "images/".',
    ],
    [
      "a prefix with a slash in front",
      { images: upload("/images/") },
      'Pipeline "images": source.prefix must name a folder of the uploads bucket without a slash in front, e.g. "images/".',
    ],
    [
      "a prefix that would open the bucket to its task",
      { images: upload("*/") },
      'Pipeline "images": source.prefix must not contain *, ? or $, which mean more than themselves in AWS policies.',
    ],
    [
      "a suffix without its dot",
      { images: { source: { type: "upload", prefix: "images/", suffixes: ["jpg"] }, task: "media" } },
      'Pipeline "images": source.suffixes.0 must begin with a dot and be in lower case, e.g. ".jpg"; keys are compared without regard to case.',
    ],
    [
      "a suffix in upper case",
      { images: { source: { type: "upload", prefix: "images/", suffixes: [".JPG"] }, task: "media" } },
      'Pipeline "images": source.suffixes.0 must begin with a dot and be in lower case, e.g. ".jpg"; keys are compared without regard to case.',
    ],
    [
      "an option that does not exist",
      { images: { ...upload("images/"), retry: { attemps: 3 } } },
      'Pipeline "images": retry has no option "attemps"; the options are attempts, backoffSeconds, maxBackoffSeconds.',
    ],
    [
      "a source of no known type",
      { images: { source: { type: "stream" }, task: "media" } },
      'Pipeline "images": source.type must be "upload" (with a prefix), "schedule" (with an expression) or "queue" (of a worker).',
    ],
    [
      "an entry without a source",
      { images: { task: "media" } },
      'Pipeline "images": source must be of type "upload" (with a prefix), "schedule" (with an expression) or "queue" (of a worker).',
    ],
    [
      "an entry without a task",
      { images: { source: { type: "upload", prefix: "images/" } } },
      'Pipeline "images": task must name a folder under tasks/, or image a ready image.',
    ],
    [
      "a task that is a path",
      { images: { ...upload("images/"), task: "../media" } },
      'Pipeline "images": task must be the bare name of a folder under tasks/, e.g. "media".',
    ],
    [
      "a job that may take longer than its run",
      { images: { ...upload("images/"), timeout: { jobSeconds: 4000 } } },
      'Pipeline "images": timeout.jobSeconds 4000 is more than timeout.runSeconds 3600, so no job could use it; raise runSeconds or lower jobSeconds.',
    ],
    [
      "a start that may take the whole run",
      { images: { ...upload("images/"), timeout: { startSeconds: 3600 } } },
      'Pipeline "images": timeout.startSeconds 3600 is not less than timeout.runSeconds 3600, which counts from the launch; raise runSeconds or lower startSeconds.',
    ],
    [
      "a wait for company that is never taken",
      { images: { ...upload("images/"), pack: { windowSeconds: 2 } } },
      'Pipeline "images": pack.windowSeconds 2 waits for company that pack.maxJobs 1 never takes; raise maxJobs or set windowSeconds to 0.',
    ],
    [
      "a first back-off beyond the longest",
      { images: { ...upload("images/"), retry: { backoffSeconds: 901 } } },
      'Pipeline "images": retry.backoffSeconds 901 is more than retry.maxBackoffSeconds 900; raise the second or lower the first.',
    ],
    [
      "a name that AWS would not take",
      { Images: upload("images/") },
      'Pipeline "Images": the name must begin with a lower-case letter and have at most 31 lower-case letters, digits and hyphens; rename the entry.',
    ],
    [
      "a rate in words that EventBridge does not know",
      { report: { ...hourly, source: { type: "schedule", expression: "rate(1 hours)" } } },
      'Pipeline "report": source.expression must be an EventBridge expression: "rate(1 hour)", "rate(5 minutes)" or six cron fields, e.g. "cron(0 3 * * ? *)".',
    ],
    [
      "overlap where nothing ticks",
      { images: { ...upload("images/"), overlap: "queue" } },
      'Pipeline "images": overlap says what a tick of a schedule does, and nothing else has ticks; leave it out.',
    ],
    [
      "a variable that is ours",
      { images: { ...upload("images/"), environment: { SLIPWAY_STAGE: "x" } } },
      'Pipeline "images": environment.SLIPWAY_STAGE must not begin with SLIPWAY_, AWS_ or ECS_, which are set for the task; choose another name.',
    ],
  ])("refuses %s", (_what, entries, problem) => {
    expect(problemsOf(entries)).toEqual([problem]);
  });

  it("tells all mistakes at once, a line each", () => {
    const entries = { images: { ...upload("images"), pack: { maxJobs: 0 } }, Report: hourly };

    expect(problemsOf(entries)).toHaveLength(3);
  });

  it("takes a name of 31 characters and refuses one of 32", () => {
    expect(problemsOf({ [`a${"b".repeat(30)}`]: hourly })).toEqual([]);
    expect(problemsOf({ [`a${"b".repeat(31)}`]: hourly })).toHaveLength(1);
  });
});

describe("A stage's cap on vCPU", () => {
  const sized = (more: object) => definePipelines({ images: { ...upload("images/"), ...more } });
  const large = { cpu: 8192, memoryMiB: 16_384 };

  it.each([
    ["size", { size: large }],
    ["maxSize", { maxSize: large }],
  ])("refuses a pipeline whose %s it could never launch, in one sentence", (option, more) => {
    expect(() => refuseWhatCannotRun(sized(more), { maxVcpu: 6 })).toThrow(
      new Error(
        `Pipeline "images": ${option} has 8 vCPU, and the stage lets all tasks together have 6 (maxVcpu in infrastructure/stages), so such a task could never be launched; lower ${option}, or raise maxVcpu together with the account's Fargate quota.`,
      ),
    );
  });

  it("lets pass what just fits", () => {
    expect(() => refuseWhatCannotRun(sized({ size: large }), { maxVcpu: 8 })).not.toThrow();
  });
});
