#!/usr/bin/env node
import { Command } from "commander";
import { directBurst } from "./burst/direct-burst.ts";
import type { BurstFigures, Scenario } from "./burst/scenario.ts";
import { slipwayBurst } from "./burst/slipway-burst.ts";

/** The burst day of PARADISEC nabu, summer 2026: https://github.com/paradisec-archive/nabu/pull/1254 */
const NABU = { files: 96_191, uploadSeconds: 7200 } as const;
/** As pipelines.ts has it for images. */
const FILES_A_TASK = 25;
/** RunTask takes 20 calls a second, of which a neighbour in the account uses 5. */
const room = (vcpu: number): Scenario["quotas"] => ({ runTaskPerSecond: 15, vcpu, addresses: 250 });

const program = new Command("bench:burst")
  .description(
    "A burst of uploads in virtual time: Slipway, one task per file, and the direct rule, under the same quotas",
  )
  .option("--json", "print one JSON document")
  .option("--files <count>", "files of the large burst", Number, NABU.files)
  .option("--small", "only the packed bursts, which take seconds")
  .parse();
const options = program.opts<{ json?: true; files: number; small?: true }>();

const figures: BurstFigures[] = [];
const tell = (one: BurstFigures): void => {
  figures.push(one);
  if (options.json !== true) console.log(JSON.stringify(one));
};

for (const vcpu of [6, 1000]) {
  const scenario: Scenario = { files: options.files, uploadSeconds: NABU.uploadSeconds, quotas: room(vcpu) };
  tell(await directBurst(scenario));
  tell(await slipwayBurst(scenario, FILES_A_TASK));
  if (options.small !== true) tell(await slipwayBurst(scenario, 1));
}
for (const files of options.small === true ? [] : [10_000, 100_000]) {
  const scenario: Scenario = { files, uploadSeconds: 600, quotas: room(1000) };
  tell(await slipwayBurst(scenario, FILES_A_TASK));
}
if (options.json === true) console.log(JSON.stringify({ virtualTime: true, figures }, null, 2));
