import { parseArgs } from "node:util";
import { FAULT_KINDS, type FaultKind } from "./engine/faults.ts";
import { minimise } from "./minimise.ts";
import { simulateSeed } from "./simulate.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    jobs: { type: "string" },
    faults: { type: "string" },
    json: { type: "boolean", default: false },
  },
});

const first = Number(values.seed ?? 1);
const count = Number(values.seeds ?? (values.seed === undefined ? 100 : 1));
const jobsASeed = values.jobs === undefined ? {} : { jobs: Number(values.jobs) };
const kinds =
  values.faults === undefined
    ? {}
    : { kinds: new Set(values.faults.split(",").filter((kind) => kind !== "") as FaultKind[]) };
const startedMs = performance.now();
const faults: Record<string, number> = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, 0]));
const violations: { seed: number; rule: string; what: string; replay: string; story: readonly string[] }[] =
  [];
let jobs = 0;

for (let seed = first; seed < first + count; seed += 1) {
  const result = await simulateSeed({ seed, ...jobsASeed, ...kinds });
  jobs += result.jobs;
  for (const [kind, times] of result.faults) faults[kind] = (faults[kind] ?? 0) + times;
  const broken = new Set(result.violations.map(({ rule }) => rule));
  for (const rule of broken) {
    const smallest = await minimise({ seed, ...jobsASeed, ...kinds }, rule);
    violations.push({ seed, ...smallest });
    if (!values.json) {
      console.log(`\nseed ${seed}: ${rule}: ${smallest.what}\nreplay: ${smallest.replay}`);
      for (const line of smallest.story) console.log(line);
    }
  }
}

const seconds = (performance.now() - startedMs) / 1000;
if (values.json) console.log(JSON.stringify({ seeds: count, jobs, faults, violations }, null, 2));
else {
  const speed = Math.round(jobs / seconds);
  console.log(`${count} seeds, ${jobs} jobs, ${violations.length} violations, ${speed} jobs a second`);
  console.log(faults);
}
process.exitCode = violations.length > 0 ? 1 : 0;
