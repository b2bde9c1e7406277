import { Command, InvalidArgumentError } from "commander";
import { progressLine } from "../../cli/progress.ts";
import { FAULT_KINDS, type FaultKind } from "./engine/faults.ts";
import { minimise } from "./minimise.ts";
import { simulateSeed } from "./simulate.ts";

const options = new Command("simulate")
  .description(
    "The real use cases over a model of AWS in virtual time, with faults at every boundary; checks what must always hold over the whole history. Exit code 1 on a violation.",
  )
  .option("--seeds <count>", "how many worlds (default: 100, or 1 with --seed)", wholeNumber)
  .option("--seed <number>", "the first world, or the one to replay (default: 1)", wholeNumber)
  .option("--jobs <count>", "files that are uploaded in a world", wholeNumber)
  .option("--faults <kinds>", "only these kinds of fault, with commas between; empty for none", faultKinds)
  .option("--json", "print one JSON document: {seeds, jobs, faults, violations}")
  .parse()
  .opts<{ seeds?: number; seed?: number; jobs?: number; faults?: Set<FaultKind>; json?: true }>();

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("It is a whole number from 1 on.");
}

function faultKinds(text: string): Set<FaultKind> {
  const kinds = text.split(",").filter((kind) => kind !== "");
  const unknown = kinds.find((kind) => !FAULT_KINDS.some((known) => known === kind));
  if (unknown === undefined) return new Set(kinds as FaultKind[]);
  throw new InvalidArgumentError(`There is no "${unknown}". The kinds are ${FAULT_KINDS.join(", ")}.`);
}

const first = options.seed ?? 1;
const count = options.seeds ?? (options.seed === undefined ? 100 : 1);
const jobsASeed = options.jobs === undefined ? {} : { jobs: options.jobs };
const kinds = options.faults === undefined ? {} : { kinds: options.faults };
const startedMs = performance.now();
const faults: Record<string, number> = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0]));
const violations: { seed: number; rule: string; what: string; replay: string; story: readonly string[] }[] =
  [];
let jobs = 0;
const progress = progressLine(process.stderr);

for (let seed = first; seed < first + count; seed += 1) {
  if ((seed - first) % 100 === 0) progress.show(`worlds from seed ${seed} on, of ${count}`);
  const result = await simulateSeed({ seed, ...jobsASeed, ...kinds });
  jobs += result.jobs;
  for (const [kind, times] of result.faults) faults[kind] = (faults[kind] ?? 0) + times;
  const broken = new Set(result.violations.map(({ rule }) => rule));
  for (const rule of broken) {
    const smallest = await minimise({ seed, ...jobsASeed, ...kinds }, rule);
    violations.push({ seed, ...smallest });
    if (options.json === undefined) {
      progress.clear();
      console.log(`\nseed ${seed}: ${rule}: ${smallest.what}\nreplay: ${smallest.replay}`);
      for (const line of smallest.story) console.log(line);
    }
  }
}

progress.clear();
const seconds = (performance.now() - startedMs) / 1000;
if (options.json !== undefined)
  console.log(JSON.stringify({ seeds: count, jobs, faults, violations }, null, 2));
else {
  const speed = Math.round(jobs / seconds);
  console.log(`${count} seeds, ${jobs} jobs, ${violations.length} violations, ${speed} jobs a second`);
  console.log(faults);
}
process.exitCode = violations.length > 0 ? 1 : 0;
