import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { progressLine } from "../../cli/progress.ts";
import { FAULT_KINDS, type FaultKind } from "./engine/faults.ts";
import type { Counterexample } from "./judge-seed.ts";
import { judgeSeeds } from "./seed-threads.ts";
import { type SeedOptions, USUAL_JOBS } from "./simulate.ts";

const options = new Command("simulate")
  .description(
    "The real use cases over a model of AWS in virtual time, with faults at every boundary; checks what must always hold over the whole history. Exit code 1 on a violation.",
  )
  .option("--seeds <count>", "how many worlds (default: 100, or 1 with --seed)", wholeNumber)
  .option("--seed <number>", "the first world, or the one to replay (default: 1)", wholeNumber)
  .option(
    "--jobs <count>",
    `files that are uploaded in a world, beside a folder of 2 to 4 times as many in most (default: ${USUAL_JOBS})`,
    wholeNumber,
  )
  .option("--faults <kinds>", 'only these kinds of fault, with commas between; "" for none', faultKinds)
  .option("--threads <count>", "worlds at once (default: one for each core)", wholeNumber)
  .option("--json", "print one JSON document: {seeds, jobs, faults, violations, seconds, threads}")
  .parse()
  .opts<{
    seeds?: number;
    seed?: number;
    jobs?: number;
    faults?: Set<FaultKind>;
    threads?: number;
    json?: true;
  }>();

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
const threads = Math.min(options.threads ?? availableParallelism(), count);
const startedMs = performance.now();
const faults: Record<string, number> = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0]));
const violations: Counterexample[] = [];
let jobs = 0;
let judged = 0;
const progress = progressLine(process.stderr);

await judgeSeeds(worlds(), threads, (judgement) => {
  judged += 1;
  jobs += judgement.jobs;
  for (const [kind, times] of judgement.faults) faults[kind] = (faults[kind] ?? 0) + times;
  violations.push(...judgement.violations);
  if (options.json === undefined) judgement.violations.forEach(tell);
  // Elsewhere than on a terminal each is a line that stays.
  if (process.stderr.isTTY || judged % 100 === 0)
    progress.show(`${judged} of ${count} worlds, ${speed()} jobs a second`);
});

progress.clear();
if (options.json !== undefined) {
  const seconds = Math.round(secondsSoFar() * 10) / 10;
  violations.sort((one, other) => one.seed - other.seed);
  console.log(JSON.stringify({ seeds: count, jobs, faults, violations, seconds, threads }, null, 2));
} else {
  const each = Math.round(speed() / threads);
  console.log(
    `${count} seeds, ${jobs} jobs, ${violations.length} violations, ${speed()} jobs a second, ${each} in each of ${threads} threads`,
  );
  console.log(faults);
}
process.exitCode = violations.length > 0 ? 1 : 0;

function* worlds(): Generator<SeedOptions> {
  const { jobs: jobsASeed, faults: kinds } = options;
  for (let seed = first; seed < first + count; seed += 1) {
    yield {
      seed,
      ...(jobsASeed === undefined ? {} : { jobs: jobsASeed }),
      ...(kinds === undefined ? {} : { kinds }),
    };
  }
}

function tell({ seed, rule, what, replay, story }: Counterexample): void {
  progress.clear();
  console.log(`\nseed ${seed}: ${rule}: ${what}\nreplay: ${replay}`);
  for (const line of story) console.log(line);
}

function secondsSoFar(): number {
  return (performance.now() - startedMs) / 1000;
}

function speed(): number {
  return Math.round(jobs / secondsSoFar());
}
