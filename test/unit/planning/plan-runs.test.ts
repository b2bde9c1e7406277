import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type PipelineWork, planRuns } from "#core/planning/plan-runs.ts";
import { aDueJob, aFlight, aPipeline, dueJobs, NOW, secondsAgo } from "./support/builders.ts";

const one = { maxJobs: 1 };
const many = { maxVcpu: 1000 };

function plan(work: readonly PipelineWork[], more: Partial<Parameters<typeof planRuns>[0]> = {}) {
  return planRuns({ now: NOW, work, flights: [], limits: many, launches: 15, ...more });
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

  it("launches no more than may be launched now, and says that there is more", () => {
    const pipeline = aPipeline({ pack: one, capacity: { maxTasks: 100 } });

    const planned = plan([{ pipeline, due: dueJobs(50) }], { launches: 14 });

    expect(planned.runs).toHaveLength(14);
    expect(planned.isCutShort).toBe(true);
  });

  it("launches one in five seconds where a pipeline says 0.2", () => {
    const pipeline = aPipeline({ pack: one, capacity: { launchesPerSecond: 0.2 } });
    const work = [{ pipeline, due: dueJobs(3) }];

    expect(plan(work).runs).toHaveLength(1);
    const tooSoon = plan(work, { flights: [aFlight({ createdAt: secondsAgo(4) })] });
    expect(tooSoon).toEqual({ runs: [], isCutShort: false, lookAgainAt: secondsAgo(-1) });
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

  it("gives what gets free to the pipeline that has least under way, though another's burst is older", () => {
    const burst = aPipeline({ pack: one }, "burst");
    const late = aPipeline({ pack: one }, "late");
    const work = [
      { pipeline: burst, due: dueJobs(9, { notBefore: secondsAgo(3600) }) },
      { pipeline: late, due: dueJobs(2, { notBefore: secondsAgo(1) }) },
    ];
    const flights = Array.from({ length: 5 }, () => aFlight({ pipeline: "burst" }));

    expect(names(plan(work, { flights, limits: { maxVcpu: 6 } }))).toEqual(["late"]);
  });

  it("shares the stage by vCPU and not by tasks", () => {
    const large = aPipeline({ pack: one, size: { cpu: 4096, memoryMiB: 8192 } }, "large");
    const small = aPipeline({ pack: one }, "small");
    const work = [
      { pipeline: large, due: dueJobs(9) },
      { pipeline: small, due: dueJobs(9) },
    ];

    const planned = names(plan(work, { limits: { maxVcpu: 16 } }));

    expect(planned.filter((name) => name === "large")).toHaveLength(2);
    expect(planned.filter((name) => name === "small")).toHaveLength(8);
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

  describe("with a run that needs more vCPU than are free", () => {
    const large = aPipeline({ pack: one, size: { cpu: 4096, memoryMiB: 8192 } }, "large");
    const small = aPipeline({ pack: one }, "small");
    const limits = { maxVcpu: 6 };
    const workSince = (seconds: number) => [
      { pipeline: large, due: dueJobs(1, { notBefore: secondsAgo(seconds) }) },
      { pipeline: small, due: dueJobs(9, { notBefore: secondsAgo(10) }) },
    ];
    const busy = [aFlight({ vcpu: 1 }), aFlight({ vcpu: 1 }), aFlight({ vcpu: 1 })];

    it("lets smaller ones pass it at first", () => {
      expect(names(plan(workSince(299), { flights: busy, limits }))).toEqual(["small", "small", "small"]);
    });

    it("keeps what gets free for it once it has waited five minutes", () => {
      expect(plan(workSince(300), { flights: busy, limits }).runs).toEqual([]);
      expect(names(plan(workSince(300), { flights: busy.slice(1), limits }))).toEqual(["large"]);
    });

    it("keeps it from those of lower priority too, and not from those of higher", () => {
      const low = aPipeline({ pack: one, priority: "low" }, "low");
      const high = aPipeline({ pack: one, priority: "high" }, "high");
      const [waiting] = workSince(600);
      if (waiting === undefined) throw new Error("There is no large run.");

      const work = [waiting, { pipeline: low, due: dueJobs(5) }, { pipeline: high, due: dueJobs(1) }];
      expect(names(plan(work, { flights: busy, limits }))).toEqual(["high"]);
    });

    it("does not hold the others up for what could never be launched, or waits for its own limit", () => {
      expect(names(plan(workSince(600), { limits: { maxVcpu: 2 } }))).toEqual(["small", "small"]);
      const atItsLimit = aPipeline(
        { pack: one, size: { cpu: 4096, memoryMiB: 8192 }, capacity: { maxTasks: 1 } },
        "large",
      );
      const [first, second] = workSince(600);
      if (first === undefined || second === undefined) throw new Error("There is no work.");
      const work = [{ ...first, pipeline: atItsLimit }, second];
      const flights = [aFlight({ pipeline: "large", vcpu: 4 })];
      expect(names(plan(work, { flights, limits }))).toEqual(["small", "small"]);
    });
  });

  it("starves nobody: every run goes within its patience and what is under way, however much comes after it", () => {
    const cpus = [256, 1024, 2048, 4096] as const;
    const anyPipelines = fc.array(
      fc.record({ cpu: fc.constantFrom(...cpus), everySeconds: fc.integer({ min: 5, max: 60 }) }),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        anyPipelines,
        fc.integer({ min: 4, max: 8 }),
        fc.integer({ min: 30, max: 120 }),
        (specs, maxVcpu, lasts) => {
          const longest = longestWaitSeconds(specs, maxVcpu, lasts);
          // Its patience, then what runs, for each size that may be in front of it.
          expect(longest).toBeLessThanOrEqual(300 + 2 * specs.length * (lasts + 10));
        },
      ),
      { numRuns: 40 },
    );
  });
});

/**
 * An hour of a stage in steps of five seconds; each pipeline gets a job now and then, never more in a minute than the stage can do.
 * @returns how long the job waited that waited longest
 */
function longestWaitSeconds(
  specs: readonly { cpu: number; everySeconds: number }[],
  maxVcpu: number,
  lasts: number,
): number {
  // Of the stage's time, had it nothing else to do: two tasks of 4 vCPU are never under way in 7. What ends is seen with the next step.
  const share = specs.reduce((sum, { cpu, everySeconds }) => {
    const atOnce = Math.floor(maxVcpu / (cpu / 1024));
    return sum + (Math.ceil(lasts / 5) * 5) / everySeconds / atOnce;
  }, 0);
  // Two thirds of what the stage can do: where more comes than can ever be done, somebody waits for ever.
  const slowDown = Math.max(1, share / 0.66);
  const pipelines = specs.map(({ cpu }, index) =>
    aPipeline(
      { pack: one, size: { cpu, memoryMiB: cpu === 256 ? 512 : cpu * 2 }, capacity: { maxTasks: 50 } },
      `p${index}`,
    ),
  );
  const due = specs.map((): ReturnType<typeof aDueJob>[] => []);
  let flights: (ReturnType<typeof aFlight> & { endsAt: number })[] = [];
  let longest = 0;
  for (let second = 0; second < 3600; second += 5) {
    const now = new Date(NOW.getTime() + second * 1000);
    specs.forEach(({ everySeconds }, index) => {
      const every = Math.ceil((everySeconds * slowDown) / 5) * 5;
      if (second % every === 0) due[index]?.push(aDueJob({ notBefore: now.toISOString() }));
    });
    flights = flights.filter(({ endsAt }) => endsAt > second);
    const { runs } = planRuns({
      now,
      work: pipelines.map((pipeline, index) => ({ pipeline, due: due[index] ?? [] })),
      flights,
      limits: { maxVcpu },
      launches: 15,
    });
    for (const { pipeline, jobs, size } of runs) {
      const index = pipelines.indexOf(pipeline);
      due[index] = (due[index] ?? []).filter(({ jobId }) => !jobs.some((job) => job.jobId === jobId));
      flights.push({
        ...aFlight({ pipeline: pipeline.name, vcpu: size.cpu / 1024 }),
        endsAt: second + lasts,
      });
    }
    for (const jobs of due)
      for (const { notBefore } of jobs)
        longest = Math.max(longest, (now.getTime() - Date.parse(notBefore)) / 1000);
  }
  return longest;
}
