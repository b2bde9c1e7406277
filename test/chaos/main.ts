#!/usr/bin/env node
import { Command, InvalidArgumentError } from "commander";
import { progressLine } from "../../cli/progress.ts";
import { printable, table } from "../../cli/table.ts";
import { exitWith } from "../../cli/user-error.ts";
import { type ChaosResult, runChaos } from "./chaos.ts";

interface MainOptions {
  readonly uploads: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** A broken cloud breaks a hundred files alike. */
const MOST_STORIES = 5;

const command = new Command("npm run chaos --")
  .description(
    "Uploads pictures into a throw-away local cloud while its functions, its tasks and the cloud itself are killed (SIGKILL), and checks that each file has exactly one result. Exit code 1 where one has not.",
  )
  .option("--uploads <number>", "how many pictures", wholeNumber, 200)
  .option(
    "--seed <number>",
    "decides on pictures, victims and pauses; by chance where it is not given",
    wholeNumber,
  )
  .option("--json", "print one JSON document of figures and violations")
  .action((options: Partial<MainOptions>) =>
    main({ uploads: 200, seed: Math.floor(Math.random() * 1_000_000), ...options }),
  );

await command.parseAsync().catch(exitWith);

async function main({ uploads, seed, json }: MainOptions): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  const progress = progressLine(process.stderr);
  try {
    const result = await runChaos({
      uploads,
      seed,
      signal: stopping.signal,
      show: (text) => progress.show(text),
    });
    progress.clear();
    if (json === true) console.log(JSON.stringify({ ...result, said: undefined }, undefined, 2));
    else print(result);
    if (result.violations.length > 0) process.exitCode = 1;
  } catch (error) {
    progress.clear();
    if (!stopping.signal.aborted) throw error;
    console.error("Stopped before the end.");
    process.exitCode = 130;
  }
}

function print(result: ChaosResult): void {
  const { killed, seconds, attempts } = result;
  const deadLetters = Object.entries(result.deadLetters).map(
    ([queue, messages]) => `${messages} in ${queue}`,
  );
  console.log(
    table(
      ["CHAOS", `SEED ${result.seed}`],
      [
        ["uploads", String(result.uploads)],
        ["puts made again", String(result.uploadRetries)],
        ["functions killed", String(killed.function)],
        ["tasks killed", String(killed.task)],
        ["clouds killed", String(killed.cloud)],
        ["slowest start of the cloud", `${result.slowestStartMs} ms`],
        ["attempts at jobs", `${attempts.made}, ${attempts.lost} of them lost`],
        ["jobs that a person had to retry", String(result.retriedByPerson)],
        ["dead letters", deadLetters.join(", ") || "none"],
        ["clock moved", `${result.clockMovedMinutes} minutes`],
        ["seconds", `${seconds.deploy} deploy, ${seconds.uploading} upload, ${seconds.settling} until quiet`],
        ["violations", String(result.violations.length)],
      ],
    ),
  );
  for (const { key, what, story } of result.violations.slice(0, MOST_STORIES)) {
    console.log(`\n${key === undefined ? "" : `${printable(key)} `}${printable(what)}`);
    for (const line of story) console.log(`  ${printable(line)}`);
  }
  if (result.violations.length > 0) {
    console.log(`\nThe cloud's data are kept in ${result.dataDir ?? ""}. The last that it said:`);
    for (const line of result.said.slice(-50)) console.log(`  ${printable(line)}`);
    console.log(`\nAgain: npm run chaos -- --uploads ${result.uploads} --seed ${result.seed}`);
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It takes a whole number from 1.");
  return value;
}
