import { describe, expect, it } from "@jest/globals";
import { FAULT_KINDS, type FaultKind } from "./engine/faults.ts";
import { simulateSeed } from "./simulate.ts";

const SEEDS_A_TEST = 25;
const FIRST_SEEDS = [1, 26, 51, 76, 101, 126, 151, 176];
const NO_FAULTS: ReadonlySet<FaultKind> = new Set();

describe("The service in a world where everything goes wrong", () => {
  const struck = new Set<FaultKind>();

  it.each(FIRST_SEEDS)(`keeps every rule in ${SEEDS_A_TEST} worlds from seed %i on`, async (first) => {
    for (let seed = first; seed < first + SEEDS_A_TEST; seed += 1) {
      const { violations, faults, jobs } = await simulateSeed({ seed });
      for (const kind of faults.keys()) struck.add(kind);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
      expect(jobs).toBeGreaterThanOrEqual(100);
    }
  });

  it("is struck by every kind of fault", () => {
    expect([...struck].sort()).toEqual([...FAULT_KINDS].sort());
  });

  it("keeps every rule where nothing goes wrong, and comes to rest at once", async () => {
    const { violations, faults, hours } = await simulateSeed({ seed: 1, kinds: NO_FAULTS });

    expect(violations).toEqual([]);
    expect(faults.size).toBe(0);
    expect(hours).toBeLessThan(1.5);
  });

  it.each(FAULT_KINDS)("keeps every rule where nothing but %s strikes", async (kind) => {
    const { violations } = await simulateSeed({ seed: 2, jobs: 60, kinds: new Set([kind]) });

    expect(violations).toEqual([]);
  });

  it("tells the same story for the same seed", async () => {
    const first = await simulateSeed({ seed: 7, sabotage: { withoutSweep: true } });
    const again = await simulateSeed({ seed: 7, sabotage: { withoutSweep: true } });

    expect(first.violations.length).toBeGreaterThan(0);
    expect(again).toEqual(first);
  });
});

/** Worlds that once broke a rule, and what the service had wrong. */
describe("Worlds that showed a bug", () => {
  it.each([
    [206, "a settling cut short judged the second suspect as the only one"],
    [36, "a good file, its attempts spent by the platform, died with the poison file of its pack"],
    [94, "a deploy overtook a slice of dispatch and failed the jobs of its run for good"],
  ])("seed %i: %s", async (seed) => {
    const { violations } = await simulateSeed({ seed });

    expect(violations).toEqual([]);
  });
});
