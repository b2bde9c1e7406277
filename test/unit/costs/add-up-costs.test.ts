import { describe, expect, test } from "@jest/globals";
import { addUpCosts } from "#flow/add-up-costs.ts";
import { MemoryStage, succeed } from "../flow/support/memory-stage.ts";

describe("what runs cost", () => {
  test("is added up by pipeline and day, each run once however many jobs it had", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 5 } });
    for (let file = 0; file < 10; file += 1) await stage.upload(`${file}.jpg`);
    await stage.settle(succeed);
    stage.pass(86_400);
    await stage.upload("tomorrow.jpg");
    await stage.settle(succeed);

    const told: number[] = [];
    const since = new Date(stage.now.getTime() - 7 * 86_400_000);
    const query = { pipelines: ["images"], since, tell: (jobs: number) => told.push(jobs) };
    const days = await addUpCosts(query, stage);

    expect(days).toMatchObject([
      { pipeline: "images", runs: 1, jobs: 1 },
      { pipeline: "images", runs: 2, jobs: 10 },
    ]);
    expect(days.map(({ day }) => day)).toEqual(["2026-11-23", "2026-11-22"]);
    expect(days[1]?.usd).toBeGreaterThan(0);
    expect(told.at(-1)).toBe(11);
  });

  test("looks no further back than it is asked to, and page by page", async () => {
    const stage = new MemoryStage({ pack: { maxJobs: 50 } });
    await stage.upload("old.jpg");
    await stage.settle(succeed);
    stage.pass(3 * 86_400);
    // All of the same millisecond, and more than a page.
    for (let file = 0; file < 600; file += 1) await stage.upload(`${file}.jpg`);
    await stage.settle(succeed);

    const since = new Date(stage.now.getTime() - 2 * 86_400_000);
    const days = await addUpCosts({ pipelines: ["images"], since, tell: () => undefined }, stage);

    expect(days.reduce((sum, { jobs }) => sum + jobs, 0)).toBe(600);
  });
});
