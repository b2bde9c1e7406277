import { expect, jest, test } from "@jest/globals";
import { runChaos } from "./chaos.ts";

jest.setTimeout(600_000);

/*
 * 200 pictures while functions, tasks and the cloud are killed; `npm run chaos -- --uploads 1000 --seed N` does more of it, and prints the
 * story of each file that is lost.
 */
test("each of 200 uploads has exactly one result, whoever is killed meanwhile", async () => {
  const result = await runChaos({
    uploads: 200,
    seed: 7,
    signal: AbortSignal.timeout(590_000),
    show: () => undefined,
  });

  expect(result.violations).toEqual([]);
  expect(result.attempts.made - result.attempts.lost).toBe(200);
  for (const victim of ["function", "task", "cloud"] as const) {
    expect(result.killed[victim]).toBeGreaterThan(0);
  }
});
