import { describe, expect, it } from "@jest/globals";
import type { FailureClass, RetryAdvice, Verdict } from "#core/classification/failure.ts";
import type { AttemptOutcome, Job } from "#core/jobs/job.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import type { PipelineEntry } from "#core/pipelines/pipeline-entry.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { decideRetry } from "#core/settling/decide-retry.ts";

const NOW = new Date("2026-11-22T20:00:00.000Z");
const SMALL = { cpu: 1024, memoryMiB: 2048 };

function aPipeline(options: Partial<PipelineEntry> = {}): Pipeline {
  const source = { type: "upload", prefix: "images/" } as const;
  const { images } = definePipelines({ images: { source, task: "media", ...options } });
  if (images === undefined) throw new Error("definePipelines made no pipeline.");
  return images;
}

/** A job whose last attempt is under way, after these. */
function aJob(...outcomes: AttemptOutcome[]): Job {
  return {
    jobId: "j",
    pipeline: "images",
    state: "RUNNING",
    source: { type: "request", idempotencyKey: "k", input: null },
    priority: "normal",
    attempts: [...outcomes.map((outcome, index) => ({ runId: `r${index}`, outcome })), { runId: "now" }],
    createdAt: NOW.toISOString(),
    updatedAt: NOW.toISOString(),
    revision: 1,
  };
}

function aVerdict(of: FailureClass, retry: RetryAdvice = "yes"): Verdict {
  return { class: of, retry, reason: "It went wrong.", advice: "Look." };
}

function decide(verdict: Verdict, state: Partial<Parameters<typeof decideRetry>[0]> = {}) {
  return decideRetry({
    job: aJob(),
    pipeline: aPipeline(),
    verdict,
    released: false,
    now: NOW,
    chance: 0.999_999,
    ...state,
  });
}

function waitOf(decision: ReturnType<typeof decideRetry>): number | undefined {
  return decision.type === "retry"
    ? Math.round((decision.notBefore.getTime() - NOW.getTime()) / 1000)
    : undefined;
}

describe("decideRetry", () => {
  it.each<[what: string, verdict: Verdict, before: AttemptOutcome[], waitSeconds: number | undefined]>([
    ["an application error that asks for it", aVerdict("application"), [], 30],
    ["the second one, after twice the time", aVerdict("application"), ["application"], 60],
    [
      "no third failure, with three attempts",
      aVerdict("application"),
      ["application", "application"],
      undefined,
    ],
    ["no application error that does not ask for it", aVerdict("application", "no"), [], undefined],
    ["lack of capacity, later", aVerdict("capacity", "later"), [], 180],
    ["lack of capacity, however often", aVerdict("capacity", "later"), Array(9).fill("capacity"), 900],
    ["what nobody understands, once", aVerdict("unknown"), [], 30],
    ["what nobody understands, not twice", aVerdict("unknown"), ["unknown"], undefined],
    [
      "a Spot interruption that came after two attempts",
      aVerdict("spot-interruption"),
      ["application", "timeout"],
      30,
    ],
    ["no attempt beyond the fiftieth", aVerdict("capacity", "later"), Array(49).fill("capacity"), undefined],
  ])("retries %s", (_what, verdict, before, waitSeconds) => {
    expect(waitOf(decide(verdict, { job: aJob(...before) }))).toBe(waitSeconds);
  });

  it("waits any part of the back-off, so that jobs that failed together do not come back together", () => {
    expect(waitOf(decide(aVerdict("application"), { chance: 0 }))).toBe(0);
    expect(waitOf(decide(aVerdict("application"), { chance: 0.5 }))).toBe(15);
  });

  describe("out of memory", () => {
    const killed = aVerdict("out-of-memory", "bigger");

    it("climbs to the next size at once, and uses up no attempt", () => {
      const before: AttemptOutcome[] = ["application", "application", "out-of-memory"];

      expect(decide(killed, { size: SMALL, job: aJob(...before) })).toEqual({
        type: "retry",
        outcome: "out-of-memory",
        notBefore: NOW,
        size: { cpu: 1024, memoryMiB: 4096 },
      });
    });

    it("tries a job that had company again in the same size", () => {
      expect(decide(killed, { size: SMALL, isOneOfMany: true })).toEqual({
        type: "retry",
        outcome: "out-of-memory",
        notBefore: NOW,
      });
    });

    it("fails at the ceiling, and says what to raise", () => {
      const pipeline = aPipeline({ maxSize: { cpu: 1024, memoryMiB: 4096 } });
      const size = pipeline.maxSize;

      expect(decide(killed, { size, pipeline })).toEqual({
        type: "fail",
        failure: {
          class: "out-of-memory",
          retry: "no",
          reason: "The job needs more memory than the 4096 MiB that its pipeline lets it have.",
          advice: "Raise maxSize in pipelines.ts, deploy, and retry the job.",
        },
      });
    });

    it("lets a job go on whose turn never came", () => {
      expect(decide(killed, { size: SMALL, released: true })).toMatchObject({ outcome: "released" });
    });
  });
});
