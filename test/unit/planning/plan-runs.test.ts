import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type PipelineWork, planRuns } from "#core/planning/plan-runs.ts";
import { aDueJob, aFlight, aPipeline, dueJobs, NOW, secondsAgo } from "./support/builders.ts";

const one = { maxJobs: 1 };
const many = { maxVcpu: 1000 };

function plan(work: readonly PipelineWork[], more: Partial<Parameters<typeof planRuns>[0]> = {}) {
  return planRuns({ now: NOW, work, flights: [], limits: many, ...more });
}

function names(planned: ReturnType<typeof planRuns>): string[] {
  return planned.runs.map(({ pipeline }) => pipeline.name);
}

describe("planRuns", () => {
  it("keeps a pipeline to its tasks at once, those in flight among them", () => {
    const pipeline = aPipeline({ pack: one, capacity: { maxTasks: 4 } });

    const planned = plan([{ pipeline, due: dueJobs(9) }], { flights: [aFlight(), aFlight()] });

    expect(planned.runs).toHaveLength(2);
    expect(planned.isCutShort).toBe(false);
  });

  it("launches nothing more where a limit was lowered below what runs", () => {
    const work = [{ pipeline: aPipeline({ pack: one }), due: dueJobs(9) }];
    const flights = [aFlight({ vcpu: 4 }), aFlight({ vcpu: 4 })];

    expect(plan(work, { flights, limits: { maxVcpu: 6 } }).runs).toEqual([]);
    expect(plan(work, { flights, limits: { maxVcpu: 100, maxTasks: 1 } }).runs).toEqual([]);
  });

  it("keeps the account to its vCPUs by the size of each run, a learned one too", () => {
    const pipeline = aPipeline({ pack: one, maxSize: { cpu: 4096, memoryMiB: 30_720 } });
    const due = dueJobs(5, { size: { cpu: 2048, memoryMiB: 16_384 } });

    expect(plan([{ pipeline, due }], { limits: { maxVcpu: 6 } }).runs).toHaveLength(3);
  });

  it("keeps the account to its tasks, for each takes an address", () => {
    const pipeline = aPipeline({ pack: one });
    const limits = { ...many, maxTasks: 3 };

    expect(plan([{ pipeline, due: dueJobs(9) }], { flights: [aFlight()], limits }).runs).toHaveLength(2);
  });

  it("launches at most 15 a second, and says that there is more", () => {
    const pipeline = aPipeline({ pack: one, capacity: { maxTasks: 100 } });
    const flights = [aFlight({ createdAt: secondsAgo(0.5) }), aFlight({ createdAt: secondsAgo(2) })];

    const planned = plan([{ pipeline, due: dueJobs(50) }], { flights });

    expect(planned.runs).toHaveLength(14);
    expect(planned.isCutShort).toBe(true);
  });

  it("launches one in five seconds where a pipeline says 0.2", () => {
    const pipeline = aPipeline({ pack: one, capacity: { launchesPerSecond: 0.2 } });
    const work = [{ pipeline, due: dueJobs(3) }];

    expect(plan(work).runs).toHaveLength(1);
    expect(plan(work, { flights: [aFlight({ createdAt: secondsAgo(4) })] }).runs).toHaveLength(0);
    expect(plan(work, { flights: [aFlight({ createdAt: secondsAgo(5) })] }).runs).toHaveLength(1);
  });

  it("serves higher priorities first, whatever their age", () => {
    const low = aPipeline({ pack: one, priority: "low" }, "low");
    const high = aPipeline({ pack: one, priority: "high" }, "high");
    const work = [
      { pipeline: low, due: dueJobs(5, { notBefore: secondsAgo(900) }) },
      { pipeline: high, due: dueJobs(2) },
    ];

    expect(names(plan(work, { limits: { maxVcpu: 3 } }))).toEqual(["high", "high", "low"]);
  });

  it("lets pipelines of equal priority take turns, the one with the oldest job first", () => {
    const burst = aPipeline({ pack: one }, "burst");
    const late = aPipeline({ pack: one }, "late");
    const work = [
      { pipeline: late, due: dueJobs(2, { notBefore: secondsAgo(1) }) },
      { pipeline: burst, due: dueJobs(9, { notBefore: secondsAgo(60) }) },
    ];

    expect(names(plan(work, { limits: { maxVcpu: 4 } }))).toEqual(["burst", "late", "burst", "late"]);
  });

  it("launches a late file beside a burst where a slot is free", () => {
    const pipeline = aPipeline();
    const flights = Array.from({ length: 9 }, () => aFlight({ jobs: 25 }));

    expect(plan([{ pipeline, due: [aDueJob()] }], { flights }).runs).toHaveLength(1);
  });

  it("spreads one pipeline's work over the tasks that it may still start", () => {
    const pipeline = aPipeline({ capacity: { maxTasks: 4 } });
    const experience = { pipeline: "images", revision: 1, kinds: { "jpg/5": { seconds: 30 } } };

    const planned = plan([{ pipeline, due: dueJobs(24), experience }], { flights: [aFlight()] });

    expect(planned.runs.map(({ jobs }) => jobs.length)).toEqual([8, 8, 8]);
  });

  it("tells when the next pack that is held has waited long enough", () => {
    const wait = (windowSeconds: number) => ({ pack: { maxJobs: 25, windowSeconds } });
    const work = [
      { pipeline: aPipeline(wait(60), "slow"), due: dueJobs(1) },
      { pipeline: aPipeline(wait(30), "quick"), due: dueJobs(1) },
    ];

    expect(plan(work).lookAgainAt).toBe("2026-11-22T20:00:20.000Z");
  });

  it("never plans above any cap and never plans a job twice", () => {
    const anyWork = fc.record({
      jobs: fc.integer({ min: 0, max: 40 }),
      maxTasks: fc.integer({ min: 1, max: 20 }),
      maxJobs: fc.integer({ min: 1, max: 5 }),
      cpu: fc.constantFrom(256, 1024, 2048),
      inFlight: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyWork, { maxLength: 5 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 30 }),
        (specs, maxVcpu, maxTasks) => {
          const work = specs.map(({ jobs, cpu, ...spec }, index) => ({
            pipeline: aPipeline(
              {
                pack: { maxJobs: spec.maxJobs },
                capacity: { maxTasks: spec.maxTasks },
                size: { cpu, memoryMiB: cpu === 256 ? 512 : cpu * 2 },
              },
              `p${index}`,
            ),
            due: dueJobs(jobs),
          }));
          const flights = specs.flatMap(({ inFlight, cpu }, index) =>
            Array.from({ length: inFlight }, () => aFlight({ pipeline: `p${index}`, vcpu: cpu / 1024 })),
          );
          const { runs } = plan(work, { flights, limits: { maxVcpu, maxTasks } });
          const vcpu = (of: readonly { vcpu: number }[]) => of.reduce((sum, each) => sum + each.vcpu, 0);
          const planned = runs.map(({ size }) => ({ vcpu: size.cpu / 1024 }));
          expect(runs.length === 0 || vcpu(flights) + vcpu(planned) <= maxVcpu).toBe(true);
          expect(runs.length === 0 || flights.length + runs.length <= maxTasks).toBe(true);
          expect(runs.length).toBeLessThanOrEqual(15);
          for (const { pipeline } of work) {
            const own = runs.filter((run) => run.pipeline.name === pipeline.name).length;
            const before = flights.filter((flight) => flight.pipeline === pipeline.name).length;
            expect(own === 0 || own + before <= pipeline.capacity.maxTasks).toBe(true);
          }
          const ids = runs.flatMap(({ jobs }) => jobs.map(({ jobId }) => jobId));
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
    );
  });
});
