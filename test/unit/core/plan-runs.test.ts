import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { PipelineEntry } from "#core/pipelines/pipeline-entry.ts";
import type { Pipeline, Priority } from "#core/pipelines/pipeline.ts";
import { planRuns } from "#core/planning/plan-runs.ts";
import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import type { Flight } from "#core/runs/run.ts";
import { aPipeline, later, NOW } from "../support/builders.ts";

function dueJobs(pipeline: Pipeline, count: number, change: Partial<DueJob> = {}): DueJob[] {
  return Array.from({ length: count }, (_, number) => ({
    jobId: `${pipeline.name}-${number}`,
    pipeline: pipeline.name,
    notBefore: NOW.toISOString(),
    createdAt: NOW.toISOString(),
    sizeBytes: 10,
    kind: "jpg/1",
    ...change,
  }));
}

function aFlight(pipeline: string, number: number): Flight {
  return {
    runId: `${pipeline}-run-${number}`,
    pipeline,
    vcpu: 1,
    jobs: 1,
    createdAt: NOW.toISOString(),
    launched: true,
  };
}

function plan(
  work: readonly (readonly [Pipeline, readonly DueJob[]])[],
  {
    flights = [],
    maxVcpu = 1000,
    now = NOW,
  }: { flights?: readonly Flight[]; maxVcpu?: number; now?: Date } = {},
) {
  return planRuns({
    now,
    // Jobs that end at once, so that no pack is cut for the time it takes.
    work: work.map(([pipeline, due]) => ({
      pipeline,
      due,
      experience: { pipeline: pipeline.name, kinds: { "jpg/1": { seconds: 0.1 } }, revision: 1 },
    })),
    flights,
    launches: 15,
    limits: { maxVcpu },
  });
}

const sizes = (planned: ReturnType<typeof plan>) => planned.runs.map(({ jobs }) => jobs.length);
const names = (planned: ReturnType<typeof plan>) => planned.runs.map(({ pipeline }) => pipeline.name);
const packing = (pack: NonNullable<PipelineEntry["pack"]>) =>
  aPipeline("images", { pack, capacity: { maxTasks: 100 } });

describe("packs", () => {
  it.each([
    [24, [24]],
    [25, [25]],
    [26, [25, 1]],
    [51, [25, 25, 1]],
  ])("of at most 25 jobs cut %i into %j", (count, expected) => {
    const pipeline = packing({ maxJobs: 25 });

    expect(sizes(plan([[pipeline, dueJobs(pipeline, count)]]))).toEqual(expected);
  });

  it.each([
    [19, [1, 1, 1]],
    [20, [2, 1]],
    [21, [2, 1]],
    [30, [3]],
  ])("of at most %i bytes cut three jobs of 10 into %j", (maxBytes, expected) => {
    const pipeline = packing({ maxJobs: 25, maxBytes });

    expect(sizes(plan([[pipeline, dueJobs(pipeline, 3)]]))).toEqual(expected);
  });

  it("take a job that is larger than any pack by itself", () => {
    const pipeline = packing({ maxJobs: 25, maxBytes: 5 });

    expect(sizes(plan([[pipeline, dueJobs(pipeline, 2)]]))).toEqual([1, 1]);
  });

  it.each([
    [9.999, [], later(10).toISOString()],
    [10, [2], undefined],
    [10.001, [2], undefined],
  ])("that are not full wait their window of 10 s: after %d s", (seconds, expected, lookAgainAt) => {
    const pipeline = packing({ maxJobs: 25, windowSeconds: 10 });

    const planned = plan([[pipeline, dueJobs(pipeline, 2)]], { now: later(seconds) });

    expect(sizes(planned)).toEqual(expected);
    expect(planned.lookAgainAt).toBe(lookAgainAt);
  });

  it("that are full do not wait", () => {
    const pipeline = packing({ maxJobs: 2, windowSeconds: 10 });

    const planned = plan([[pipeline, dueJobs(pipeline, 3)]]);

    expect(sizes(planned)).toEqual([2]);
    expect(planned.lookAgainAt).toBe(later(10).toISOString());
  });
});

describe("caps", () => {
  it.each([
    [0, 3],
    [2, 1],
    [3, 0],
    [4, 0],
  ])("of three tasks leave room beside %i for %i", (flying, expected) => {
    const pipeline = aPipeline("images", { pack: { maxJobs: 1 }, capacity: { maxTasks: 3 } });
    const flights = Array.from({ length: flying }, (_, number) => aFlight("images", number));

    expect(plan([[pipeline, dueJobs(pipeline, 10)]], { flights }).runs).toHaveLength(expected);
  });

  it("of the account count every pipeline's flights", () => {
    const pipeline = aPipeline("images", { size: { cpu: 2048, memoryMiB: 4096 }, pack: { maxJobs: 1 } });

    expect(
      plan([[pipeline, dueJobs(pipeline, 10)]], { flights: [aFlight("other", 1)], maxVcpu: 6 }).runs,
    ).toHaveLength(2);
  });
});

describe("turns", () => {
  const of = (name: string, priority: Priority = "normal") =>
    aPipeline(name, { priority, pack: { maxJobs: 1 } });

  it("go round the pipelines of equal priority, so that a burst does not hold up a single file", () => {
    const [burst, single] = [of("burst"), of("single")];

    const planned = plan(
      [
        [burst, dueJobs(burst, 100)],
        [single, dueJobs(single, 1)],
      ],
      { maxVcpu: 4 },
    );

    expect(names(planned)).toEqual(["burst", "single", "burst", "burst"]);
  });

  it("come to a higher priority first", () => {
    const [low, normal, high] = [of("low", "low"), of("normal"), of("high", "high")];
    const work = [low, normal, high].map((pipeline) => [pipeline, dueJobs(pipeline, 2)] as const);

    expect(names(plan(work, { maxVcpu: 5 }))).toEqual(["high", "high", "normal", "normal", "low"]);
  });
});

describe("any plan", () => {
  const pipelines = ["a", "b", "c"].map((name, index) =>
    aPipeline(name, {
      priority: (["high", "normal", "normal"] as const)[index] ?? "low",
      pack: { maxJobs: index + 1, maxBytes: 25, windowSeconds: index === 0 ? 0 : 5 },
      capacity: { maxTasks: 3 },
    }),
  );
  const situations = fc.record({
    counts: fc.array(fc.nat(12), { minLength: 3, maxLength: 3 }),
    flying: fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }),
    bytes: fc.integer({ min: 0, max: 30 }),
    age: fc.integer({ min: 0, max: 10 }),
    maxVcpu: fc.integer({ min: 1, max: 12 }),
  });

  it("keeps every cap, launches no job twice and only what is due, the oldest of a pipeline first", () => {
    fc.assert(
      fc.property(situations, ({ counts, flying, bytes, age, maxVcpu }) => {
        const work = pipelines.map(
          (pipeline, index) =>
            [pipeline, dueJobs(pipeline, counts[index] ?? 0, { sizeBytes: bytes })] as const,
        );
        const flights = pipelines.flatMap(({ name }, index) =>
          Array.from({ length: flying[index] ?? 0 }, (_, number) => aFlight(name, number)),
        );

        const planned = plan(work, { flights, maxVcpu, now: later(age) });

        const launched = planned.runs.reduce((sum, { pipeline }) => sum + vcpuOf(pipeline.size), 0);
        expect(launched === 0 || launched + flights.length <= maxVcpu).toBe(true);
        for (const [pipeline, due] of work) {
          const runs = planned.runs.filter((run) => run.pipeline.name === pipeline.name);
          const already = flights.filter((flight) => flight.pipeline === pipeline.name).length;
          expect(runs.length === 0 || runs.length + already <= pipeline.capacity.maxTasks).toBe(true);
          expect(runs.every(({ jobs }) => jobs.length >= 1 && jobs.length <= pipeline.pack.maxJobs)).toBe(
            true,
          );
          expect(
            runs.every(({ jobs }) => jobs.length === 1 || jobs.length * bytes <= pipeline.pack.maxBytes),
          ).toBe(true);
          const ids = runs.flatMap(({ jobs }) => jobs.map(({ jobId }) => jobId));
          expect(ids).toEqual(due.slice(0, ids.length).map(({ jobId }) => jobId));
        }
      }),
    );
  });
});
