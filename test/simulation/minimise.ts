import { FAULT_KINDS, type FaultKind } from "./engine/faults.ts";
import { type SeedOptions, type SeedResult, simulateSeed, USUAL_JOBS } from "./simulate.ts";

export interface Smallest {
  readonly rule: string;
  readonly what: string;
  readonly jobs: number;
  readonly kinds: readonly FaultKind[];
  /** The command that shows it again. */
  readonly replay: string;
  readonly story: readonly string[];
}

/** The same seed with fewer jobs and fewer kinds of faults that still breaks the rule. */
export async function minimise(options: SeedOptions, rule: string): Promise<Smallest> {
  let jobs = options.jobs ?? USUAL_JOBS;
  let kinds = new Set(options.kinds ?? FAULT_KINDS);
  let broken = await simulateSeed(options);
  const attempt = async (smaller: SeedOptions): Promise<boolean> => {
    const result = await simulateSeed(smaller);
    const isBroken = result.violations.some((violation) => violation.rule === rule);
    if (isBroken) broken = result;
    return isBroken;
  };
  for (const kind of FAULT_KINDS) {
    const fewer = new Set([...kinds].filter((other) => other !== kind));
    if (kinds.has(kind) && (await attempt({ ...options, jobs, kinds: fewer }))) kinds = fewer;
  }
  for (let step = Math.floor(jobs / 2); step >= 1; step = Math.floor(step / 2)) {
    while (jobs > step && (await attempt({ ...options, jobs: jobs - step, kinds }))) jobs -= step;
  }
  const { what, story } = violationOf(broken, rule);
  const faults = kinds.size === 0 ? '""' : [...kinds].join(",");
  const replay = `npm run simulate -- --seed ${options.seed} --jobs ${jobs} --faults ${faults}`;
  return { rule, what, jobs, kinds: [...kinds], replay, story };
}

function violationOf(result: SeedResult, rule: string) {
  const found = result.violations.find((violation) => violation.rule === rule);
  if (found === undefined)
    throw new Error(`Seed ${result.seed} breaks ${rule} no more when it is run again.`);
  return found;
}
