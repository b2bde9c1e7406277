import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Verdict } from "#core/classification/failure.ts";
import type { AttemptOutcome, Job } from "#core/jobs/job.ts";
import { retryByPerson } from "#core/jobs/transitions.ts";
import { decideRetry } from "#core/settling/decide-retry.ts";
import { runCostUsd } from "#core/settling/run-cost.ts";
import { type RunEnd, settleJob } from "#core/settling/settle-job.ts";
import {
  aPipeline,
  aRunningJob,
  aStartingJob,
  aVerdict,
  later,
  must,
  NOW,
  RUN_ID,
} from "../support/builders.ts";

const pipeline = aPipeline("images", { retry: { attempts: 3, backoffSeconds: 30, maxBackoffSeconds: 900 } });

/** A job whose last attempt is open, after others that ended so. */
function tried(...outcomes: AttemptOutcome[]): Job {
  const before = outcomes.map((outcome, index) => ({ runId: `old-${index}`, outcome }));
  return aRunningJob({ attempts: [...before, { runId: RUN_ID }] });
}

const decide = (
  job: Job,
  verdict: Partial<Verdict> = {},
  more: { released?: boolean; chance?: number } = {},
) =>
  decideRetry({ job, pipeline, verdict: aVerdict(verdict), released: false, now: NOW, chance: 1, ...more });

function waitSeconds(decision: ReturnType<typeof decide>): number {
  if (decision.type !== "retry") throw new Error("The job is not tried again.");
  return (decision.notBefore.getTime() - NOW.getTime()) / 1000;
}

describe("another try", () => {
  it.each<[string, AttemptOutcome[], string]>([
    ["after the first of three attempts", [], "retry"],
    ["after the second", ["platform"], "retry"],
    ["not after the third", ["platform", "application"], "fail"],
    ["while only Spot was lost", ["spot-interruption", "spot-interruption", "spot-interruption"], "retry"],
    ["while there was no room", ["capacity", "throttled", "released", "platform"], "retry"],
  ])("comes %s", (_when, outcomes, expected) => {
    expect(decide(tried(...outcomes)).type).toBe(expected);
  });

  it("does not come where a person has to act", () => {
    expect(decide(tried(), { class: "configuration", retry: "no" })).toMatchObject({
      type: "fail",
      failure: { class: "configuration", retry: "no", reason: "The host died." },
    });
  });

  it("comes once where nobody knows why", () => {
    expect(decide(tried(), { class: "unknown" }).type).toBe("retry");
    expect(decide(tried("unknown"), { class: "unknown" }).type).toBe("fail");
  });

  it("comes for a job whose turn never came, whatever became of the run, and does not count", () => {
    expect(
      decide(tried("platform", "platform"), { class: "application", retry: "no" }, { released: true }),
    ).toMatchObject({
      type: "retry",
      outcome: "released",
    });
  });

  it("is not given for ever, though nothing counts: a person should know", () => {
    const patient = Array.from({ length: 49 }, (): AttemptOutcome => "capacity");

    expect(decide(tried(...patient.slice(1)), { class: "capacity", retry: "later" }).type).toBe("retry");
    expect(decide(tried(...patient), { class: "capacity", retry: "later" }).type).toBe("fail");
  });
});

describe("the wait before it", () => {
  it.each<[AttemptOutcome[], Partial<Verdict>, number]>([
    [[], {}, 30],
    [["platform"], {}, 60],
    [[], { class: "network", retry: "later" }, 180],
    [["network"], { class: "network", retry: "later" }, 360],
    [["capacity", "capacity", "capacity"], { class: "capacity", retry: "later" }, 900],
    [["spot-interruption"], { class: "spot-interruption" }, 60],
  ])("after %j and %j is at most %i s", (outcomes, verdict, seconds) => {
    expect(waitSeconds(decide(tried(...outcomes), verdict))).toBe(seconds);
  });

  it("is anywhere between nothing and that, by chance", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const seconds = waitSeconds(decide(tried(), {}, { chance }));
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(seconds).toBeLessThanOrEqual(30);
      }),
    );
    expect(waitSeconds(decide(tried(), {}, { chance: 0 }))).toBe(0);
  });
});

describe("settling a job", () => {
  const end = (change: Partial<RunEnd> = {}): RunEnd => ({
    verdict: aVerdict(),
    givenUp: false,
    taken: true,
    begun: true,
    underWay: 1,
    killed: false,
    size: pipeline.size,
    ...change,
  });
  const settle = (job: Job, runEnd: RunEnd | undefined) =>
    settleJob({ job, runId: RUN_ID, pipeline, end: runEnd, now: NOW, chance: 0.5 });
  const succeeded = aVerdict({ class: "succeeded", retry: "no" });
  const crashed = aVerdict({ class: "application", retry: "no" });

  it("leaves alone what another run holds, what has ended and what is being worked on", () => {
    expect(settle(aRunningJob({}, "run-2"), end())).toBeUndefined();
    expect(settle(aRunningJob({ state: "SUCCEEDED" }), end())).toBeUndefined();
    expect(settle(aRunningJob(), undefined)).toBeUndefined();
  });

  it("takes the task's word before ECS'", () => {
    const reported = aRunningJob({ reported: { reason: "not an image", tryAgain: false } });

    expect(settle(reported, end())).toMatchObject({
      state: "FAILED",
      failure: { class: "application", reason: "not an image" },
    });
    expect(settle(reported, undefined)).toMatchObject({ state: "FAILED" });
  });

  it("tells a job's own time-out from a failure", () => {
    const late = aRunningJob({ reported: { reason: "too long", tryAgain: true, timedOut: true } });

    expect(settle(late, undefined)).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "timeout" }] });
  });

  it("believes the exit code of an image that takes no jobs", () => {
    expect(settle(aStartingJob(), end({ taken: false, begun: false, verdict: succeeded }))).toMatchObject({
      state: "SUCCEEDED",
    });
    expect(settle(aStartingJob(), end({ taken: false, begun: false, verdict: crashed }))).toMatchObject({
      state: "FAILED",
    });
  });

  it("tries a job again whose task was killed, before it could take the job or while it worked alone on it", () => {
    const killed = { verdict: crashed, killed: true };
    const before = settle(aStartingJob(), end({ ...killed, taken: false, begun: false, underWay: 0 }));
    const during = settle(aRunningJob(), end(killed));

    expect(before).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "application" }] });
    expect(before).not.toHaveProperty("alone");
    expect(during).toMatchObject({ state: "RUNNABLE", alone: true, attempts: [{ outcome: "application" }] });
    expect(settle(tried("application", "application"), end(killed))).toMatchObject({ state: "FAILED" });
  });

  it("does not believe the exit code of a task that took a job and left it", () => {
    expect(settle(aRunningJob(), end({ verdict: succeeded }))).toMatchObject({
      state: "RUNNABLE",
      attempts: [{ outcome: "unknown" }],
    });
  });

  it("lets a job go on whose turn never came", () => {
    expect(settle(aStartingJob(), end({ verdict: crashed }))).toMatchObject({
      state: "RUNNABLE",
      attempts: [{ outcome: "released" }],
    });
  });

  it("does not count a task that never began for want of an address", () => {
    const job = aRunningJob({ state: "STARTING" });
    const noAddress = end({
      taken: false,
      begun: false,
      verdict: aVerdict({ class: "network", retry: "later" }),
    });

    expect(settle(job, noAddress)).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "released" }] });
  });

  it("counts a try at which no job had its turn: the program itself may be broken", () => {
    expect(settle(aStartingJob(), end({ begun: false, verdict: crashed }))).toMatchObject({
      state: "FAILED",
    });
  });

  it("ends all jobs of a run that a person stopped", () => {
    const cancelled = aVerdict({ class: "cancelled", retry: "no" });

    expect(settle(aStartingJob(), end({ verdict: cancelled }))).toMatchObject({
      state: "FAILED",
      failure: { class: "cancelled" },
    });
  });

  it("fails the one job that was worked on when its program crashed, and tries several by themselves", () => {
    expect(settle(aRunningJob(), end({ verdict: crashed, underWay: 1 }))).toMatchObject({ state: "FAILED" });
    expect(settle(aRunningJob(), end({ verdict: crashed, underWay: 2 }))).toMatchObject({
      state: "RUNNABLE",
      alone: true,
    });
  });

  it("leaves nobody beside a failed job that crashed its program, also once a person has it tried again", () => {
    const failed = must(settle(aRunningJob(), end({ verdict: crashed, underWay: 1 })));

    expect(retryByPerson(failed, NOW)).toMatchObject({ state: "RUNNABLE", alone: true });
  });

  it("tries one of several suspects by itself even where the platform has spent its other attempts", () => {
    const job = aRunningJob();
    const spent = ["run-a", "run-b"].map((runId) => ({ runId, outcome: "platform" as const }));
    const unlucky = { ...job, attempts: [...spent, ...job.attempts] };

    expect(settle(unlucky, end({ verdict: crashed, underWay: 2 }))).toMatchObject({
      state: "RUNNABLE",
      alone: true,
    });
    expect(settle(unlucky, end({ verdict: crashed, underWay: 1 }))).toMatchObject({ state: "FAILED" });
  });

  it("tries several that ran out of memory together each alone in the same size, and one by itself in a larger one", () => {
    const outOfMemory = aVerdict({ class: "out-of-memory", retry: "bigger" });
    const size = { cpu: 1024, memoryMiB: 2048 };

    const inCompany = settle(aRunningJob(), end({ verdict: outOfMemory, underWay: 2, size }));
    expect(inCompany).toMatchObject({ state: "RUNNABLE", alone: true });
    expect(inCompany?.size).toBeUndefined();
    expect(settle(aRunningJob(), end({ verdict: outOfMemory, underWay: 1, size }))).toMatchObject({
      state: "RUNNABLE",
      alone: true,
      size: { cpu: 1024, memoryMiB: 4096 },
    });
  });

  it("does not suspect a job of what befell its host", () => {
    expect(settle(aRunningJob(), end())?.alone).toBeUndefined();
  });

  it("fails the jobs of a pipeline that is gone", () => {
    const job = settleJob({
      job: aRunningJob(),
      runId: RUN_ID,
      pipeline: undefined,
      end: end(),
      now: NOW,
      chance: 0,
    });

    expect(job).toMatchObject({ state: "FAILED", failure: { class: "configuration" } });
  });
});

describe("the cost of a run", () => {
  const run = {
    size: { cpu: 1024, memoryMiB: 2048 },
    architecture: "X86_64",
    spot: false,
    from: NOW,
  } as const;
  const anHour = 0.04048 + 2 * 0.004445;

  it("is its vCPU and GB by time", () => {
    expect(runCostUsd({ ...run, to: later(3600) })).toBeCloseTo(anHour, 10);
    expect(runCostUsd({ ...run, architecture: "ARM64", to: later(3600) })).toBeCloseTo(
      0.03238 + 2 * 0.00356,
      10,
    );
    expect(runCostUsd({ ...run, spot: true, to: later(3600) })).toBeCloseTo(anHour * 0.35, 10);
  });

  it.each([-5, 0, 1, 59, 60])("is that of a minute at least: %i s", (seconds) => {
    expect(runCostUsd({ ...run, to: later(seconds) })).toBeCloseTo(anHour / 60, 10);
  });
});
