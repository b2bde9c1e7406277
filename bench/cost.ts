#!/usr/bin/env node
import { Command } from "commander";
import { progressLine } from "../cli/progress.ts";
import { table } from "../cli/table.ts";
import type { Bill } from "./cost/bill.ts";
import { ordinaryJobs } from "./cost/ordinary-jobs.ts";
import { replayedTable } from "./cost/replayed-table.ts";

/** What a job may cost on the ordinary path: packed, one attempt. */
const BUDGET = { writes: 10, reads: 4 } as const;

interface Units {
  readonly writes: number;
  readonly reads: number;
  readonly byOperation: ReturnType<Bill["perJob"]>;
}

interface Figures {
  readonly jobs: number;
  readonly runs: number;
  /** By AWS's rules, in virtual time. */
  readonly byRules: Units;
  /** As the table answered to the same calls. */
  readonly consumedByTable?: Units;
  readonly isWithinBudget: boolean;
}

const program = new Command("bench:cost")
  .description(
    "What an ordinary job costs in the table, in write and read units: by AWS's rules in virtual time, and as the local cloud's table counts the same calls",
  )
  .option("--json", "print one JSON document")
  .option("--jobs <counts>", "how many jobs, with commas", "1000,100000")
  .option("--replay-up-to <jobs>", "make the same calls to a real table up to so many jobs", Number, 1000)
  .parse();
const options = program.opts<{ json?: true; jobs: string; replayUpTo: number }>();

const progress = progressLine(process.stderr);
const figures: Figures[] = [];
for (const jobs of options.jobs.split(",").map(Number)) {
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new RangeError(`--jobs takes numbers of jobs, not "${options.jobs}"`);
  const isReplayed = jobs <= options.replayUpTo;
  const show = (text: string): void => (process.stderr.isTTY ? progress.show(text) : undefined);
  progress.show(`${jobs} jobs in virtual time`);
  const { bill, calls, runs } = await ordinaryJobs(jobs, {
    keep: isReplayed,
    tell: (done) => show(`${jobs} jobs in virtual time: ${done} done`),
  });
  if (isReplayed) progress.show(`${calls.length} calls to the local cloud's table`);
  const replayed = isReplayed
    ? await replayedTable(calls, (done) =>
        show(`${done} of ${calls.length} calls to the local cloud's table`),
      )
    : undefined;
  figures.push({
    jobs,
    runs,
    byRules: unitsPerJob(bill, jobs),
    ...(replayed === undefined ? {} : { consumedByTable: unitsPerJob(replayed, jobs) }),
    isWithinBudget: [bill, replayed ?? bill].every(
      ({ total }) => total.writes <= BUDGET.writes * jobs && total.reads <= BUDGET.reads * jobs,
    ),
  });
}
progress.clear();
if (options.json === true) console.log(JSON.stringify({ budget: BUDGET, figures }, null, 2));
else figures.forEach(print);

function unitsPerJob(bill: Bill, jobs: number): Units {
  const { writes, reads } = bill.total;
  return { writes: rounded(writes / jobs), reads: rounded(reads / jobs), byOperation: bill.perJob(jobs) };
}

function print({ jobs, runs, byRules, consumedByTable }: Figures): void {
  const told = consumedByTable === undefined ? "" : `; the table counts ${unitsOf(consumedByTable)}`;
  console.log(`${jobs} jobs in ${runs} runs: ${unitsOf(byRules)} a job${told}`);
  const shown = byRules.byOperation.filter(({ writes, reads }) => writes + reads >= 0.005);
  console.log(
    table(
      ["OPERATION", "CALLS", "WRITES", "READS"],
      shown.map(({ operation, calls, writes, reads }) => [
        operation,
        ...[calls, writes, reads].map((n) => n.toFixed(3)),
      ]),
    ),
  );
}

function unitsOf({ writes, reads }: Units): string {
  return `${writes} write and ${reads} read units`;
}

function rounded(units: number): number {
  return Math.round(units * 1000) / 1000;
}
