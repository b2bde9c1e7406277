import type { FaultKind } from "./engine/faults.ts";
import { minimise, type Smallest } from "./minimise.ts";
import { type SeedOptions, simulateSeed } from "./simulate.ts";

/** A rule that a seed's world broke, in the smallest world that still breaks it. */
export interface Counterexample extends Smallest {
  readonly seed: number;
}

/** What became of one seed; plain data, which can go from thread to thread. */
export interface Judgement {
  readonly seed: number;
  readonly jobs: number;
  readonly faults: ReadonlyMap<FaultKind, number>;
  /** One for each rule that was broken. */
  readonly violations: readonly Counterexample[];
}

export async function judgeSeed(options: SeedOptions): Promise<Judgement> {
  const { seed, jobs, faults, violations } = await simulateSeed({ ...options, withoutStories: true });
  const counterexamples: Counterexample[] = [];
  for (const rule of new Set(violations.map((violation) => violation.rule)))
    counterexamples.push({ seed, ...(await minimise(options, rule)) });
  return { seed, jobs, faults, violations: counterexamples };
}
