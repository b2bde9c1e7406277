import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Experience } from "#core/planning/experience.ts";
import { packJobs } from "#core/planning/pack-jobs.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import { aDueJob, aPipeline, dueJobs, NOW, secondsAgo } from "./support/builders.ts";

const CPU = { cpu: 1024 };

function learned(seconds: number, more: object = {}): Experience {
  return { pipeline: "images", revision: 1, kinds: { "jpg/5": { seconds, ...more } } };
}

function pack(due: readonly DueJob[], more: Partial<Parameters<typeof packJobs>[0]> = {}) {
  return packJobs({ pipeline: aPipeline(), due, slotsFor: () => 1, hasSpot: true, now: NOW, ...more });
}

function counts(due: readonly DueJob[], more: Partial<Parameters<typeof packJobs>[0]> = {}): number[] {
  return pack(due, more).ready.map(({ jobs }) => jobs.length);
}

describe("packJobs", () => {
  it("fills packs by count where one slot is free", () => {
    expect(counts(dueJobs(60))).toEqual([25, 25, 10]);
  });

  it("begins a new pack where the bytes would be too many, and lets a job that is too large by itself go alone", () => {
    const pipeline = aPipeline({ pack: { maxJobs: 25, maxBytes: 1000 } });
    const due = [400, 400, 400, 5000, 100].map((sizeBytes) => aDueJob({ sizeBytes }));

    expect(counts(due, { pipeline })).toEqual([2, 1, 1, 1]);
  });

  it("begins a new pack where it would take too long, by what earlier jobs of the kind took", () => {
    const pipeline = aPipeline({ pack: { maxJobs: 25, maxSeconds: 100 } });

    expect(counts(dueJobs(9), { pipeline, experience: learned(30) })).toEqual([3, 3, 3]);
  });

  it("counts what a run works at beside each other", () => {
    const pipeline = aPipeline({
      size: { cpu: 4096, memoryMiB: 8192 },
      pack: { maxJobs: 25, maxSeconds: 100 },
    });

    expect(counts(dueJobs(24), { pipeline, experience: learned(30) })).toEqual([13, 11]);
  });

  it("spreads the work over free slots, but not thinner than the minute that a run is billed", () => {
    const experience = learned(10);

    expect(counts(dueJobs(24), { slotsFor: () => 2, experience })).toEqual([12, 12]);
    expect(counts(dueJobs(24), { slotsFor: () => 100, experience })).toEqual([6, 6, 6, 6]);
  });

  it("holds a pack that is not full until its oldest job has waited its window", () => {
    const pipeline = aPipeline({ pack: { maxJobs: 25, windowSeconds: 30 } });
    const due = [aDueJob({ notBefore: secondsAgo(20) }), aDueJob({ notBefore: secondsAgo(1) })];

    expect(pack(due, { pipeline })).toEqual({ ready: [], waitsUntil: "2026-11-22T20:00:10.000Z" });
    expect(counts(due, { pipeline, now: new Date("2026-11-22T20:00:10.000Z") })).toEqual([2]);
  });

  it("does not hold full packs", () => {
    const pipeline = aPipeline({ pack: { maxJobs: 25, windowSeconds: 30 } });

    expect(counts(dueJobs(26, { notBefore: secondsAgo(1) }), { pipeline })).toEqual([25]);
  });

  it("gives a suspect a run of its own, at once", () => {
    const pipeline = aPipeline({ pack: { maxJobs: 25, windowSeconds: 30 } });
    const suspects = dueJobs(2, { alone: true, notBefore: secondsAgo(0) });

    expect(
      counts([...suspects, ...dueJobs(3)], { pipeline, now: new Date(NOW.getTime() + 60_000) }).toSorted(),
    ).toEqual([1, 1, 3]);
    expect(counts(suspects, { pipeline })).toEqual([1, 1]);
  });

  it("never mixes sizes, nor Spot with on-demand", () => {
    const big = { ...CPU, memoryMiB: 8192 };
    const due = [...dueJobs(2), ...dueJobs(3, { size: big }), ...dueJobs(4, { onDemand: true })];

    expect(pack(due).ready.map(({ jobs, size, spot }) => [jobs.length, size.memoryMiB, spot])).toEqual([
      [2, 2048, true],
      [3, 8192, true],
      [4, 2048, false],
    ]);
  });

  it("starts a kind of file in the size that it has needed before, for two weeks", () => {
    const size = { ...CPU, memoryMiB: 4096 };
    const sizeOf = (sizeAt: string) =>
      pack(dueJobs(1), { experience: learned(1, { size, sizeAt }) }).ready[0]?.size.memoryMiB;

    expect(sizeOf(secondsAgo(86_400))).toBe(4096);
    expect(sizeOf(secondsAgo(15 * 86_400))).toBe(2048);
  });

  it("never goes above a ceiling that was lowered since", () => {
    const pipeline = aPipeline({ maxSize: { ...CPU, memoryMiB: 4096 } });
    const due = dueJobs(1, { size: { ...CPU, memoryMiB: 8192 } });

    expect(pack(due, { pipeline }).ready[0]?.size).toEqual({ ...CPU, memoryMiB: 4096 });
  });

  it("puts each job into one pack, none above the limits, oldest packs first", () => {
    const anyJob = fc.record({
      age: fc.integer({ min: 0, max: 100 }),
      sizeBytes: fc.integer({ min: 0, max: 3000 }),
      alone: fc.boolean(),
      onDemand: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(anyJob, { maxLength: 80 }), fc.integer({ min: 0, max: 50 }), (jobs, slots) => {
        const pipeline = aPipeline({ pack: { maxJobs: 7, maxBytes: 5000, maxSeconds: 100 } });
        const due = jobs
          .toSorted((one, other) => other.age - one.age)
          .map(({ age, sizeBytes, alone, onDemand }) =>
            aDueJob({
              notBefore: secondsAgo(age),
              sizeBytes,
              ...(alone ? { alone } : {}),
              ...(onDemand ? { onDemand } : {}),
            }),
          );
        const { ready } = packJobs({
          pipeline,
          due,
          slotsFor: () => slots,
          hasSpot: true,
          now: NOW,
          experience: learned(20),
        });
        const ids = ready.flatMap((one) => one.jobs.map(({ jobId }) => jobId));
        expect(ids.toSorted()).toEqual(due.map(({ jobId }) => jobId).toSorted());
        for (const one of ready) {
          expect(one.jobs.length).toBeLessThanOrEqual(5);
          expect(one.jobs.length === 1 || one.jobs.reduce((sum, job) => sum + job.sizeBytes, 0) <= 5000).toBe(
            true,
          );
          expect(one.jobs.length === 1 || one.jobs.every((job) => job.alone !== true)).toBe(true);
          expect(new Set(one.jobs.map((job) => job.onDemand === true)).size).toBe(1);
        }
        const firsts = ready.map((one) => one.jobs[0]?.notBefore ?? "");
        expect(firsts).toEqual(firsts.toSorted());
      }),
    );
  });
});
