import { describe, expect, it } from "@jest/globals";
import { type Experience, expectedSeconds, learn, type Lesson } from "#core/planning/experience.ts";
import { kindOfJob } from "#core/jobs/kind-of-job.ts";
import { aPipeline, NOW, secondsAgo } from "./support/builders.ts";

const BIG = { cpu: 1024, memoryMiB: 4096 };

function taught(lessons: readonly Lesson[], standing?: Experience): Experience {
  const experience = learn("images", standing, lessons, NOW);
  if (experience === undefined) throw new Error("Nothing was learned.");
  return experience;
}

describe("kindOfJob", () => {
  it.each([
    ["a/b.JPG", 5_000_000, "jpg/11"],
    ["a/b.JPG", 4_000_000, "jpg/10"],
    ["no-ending", 0, "other/0"],
    ["a.jpg/b", 1, "other/0"],
    ["x.an-ending-with-much-to-say", 16, "other/2"],
  ])("takes %s of %i bytes for %s", (key, sizeBytes, kind) => {
    expect(kindOfJob({ type: "upload", bucket: "b", key, versionId: "v", sizeBytes })).toBe(kind);
  });

  it("has one kind for ticks", () => {
    expect(kindOfJob({ type: "schedule", ruleArn: "r", tick: "t" })).toBe("schedule");
  });
});

describe("learn", () => {
  it("begins with what the first run's jobs took on average", () => {
    const experience = taught([
      { kind: "jpg/5", seconds: 2 },
      { kind: "jpg/5", seconds: 4 },
      { kind: "png/5", seconds: 9 },
    ]);

    expect(experience).toEqual({
      pipeline: "images",
      revision: 1,
      kinds: { "jpg/5": { seconds: 3 }, "png/5": { seconds: 9 } },
    });
  });

  it("moves towards what is new, and counts the revision", () => {
    const first = taught([{ kind: "jpg/5", seconds: 10 }]);

    const second = taught([{ kind: "jpg/5", seconds: 20 }], first);

    expect(second).toMatchObject({ revision: 2, kinds: { "jpg/5": { seconds: 13 } } });
  });

  it("finds nothing worth a write where things are as they were", () => {
    const first = taught([{ kind: "jpg/5", seconds: 10 }]);

    expect(learn("images", first, [{ kind: "jpg/5", seconds: 11 }], NOW)).toBeUndefined();
  });

  it("remembers the size that brought a job through, and does not forget a larger one for a smaller", () => {
    const first = taught([{ kind: "jpg/5", seconds: 10, size: BIG }]);

    expect(first.kinds["jpg/5"]).toEqual({ seconds: 10, size: BIG, sizeAt: NOW.toISOString() });
    const smaller = { kind: "jpg/5", seconds: 10, size: { cpu: 1024, memoryMiB: 3072 } };
    expect(learn("images", first, [smaller], NOW)).toBeUndefined();
  });

  it("notes once a day that a size is still needed", () => {
    const standing: Experience = {
      pipeline: "images",
      revision: 7,
      kinds: { "jpg/5": { seconds: 10, size: BIG, sizeAt: secondsAgo(90_000) } },
    };

    const again = taught([{ kind: "jpg/5", seconds: 10, size: BIG }], standing);

    expect(again.kinds["jpg/5"]?.sizeAt).toBe(NOW.toISOString());
  });

  it("keeps to fifty kinds, so that no flood of names makes the item grow", () => {
    const flood = Array.from({ length: 80 }, (_, index) => ({ kind: `k${index}`, seconds: 1 }));

    expect(Object.keys(taught(flood).kinds)).toHaveLength(50);
  });
});

describe("expectedSeconds", () => {
  it("is a guess until a job of the kind has ended, and never above the job's time limit", () => {
    const timeout = { jobSeconds: 30, runSeconds: 900 };
    const experience = taught([{ kind: "jpg/5", seconds: 50 }]);

    expect(expectedSeconds(aPipeline(), "jpg/5")).toBe(5);
    expect(expectedSeconds(aPipeline(), "jpg/5", experience)).toBe(50);
    expect(expectedSeconds(aPipeline({ timeout }), "jpg/5", experience)).toBe(30);
  });
});
