#!/usr/bin/env node
import { Command } from "commander";
import { progressLine } from "../cli/progress.ts";
import { directBurst, PUBLISHED_PATTERN, RULE_DEFAULT } from "./burst/direct-burst.ts";
import type { BurstFigures, Scenario, Tell } from "./burst/scenario.ts";
import { slipwayBurst } from "./burst/slipway-burst.ts";
import { rounded } from "./statistics.ts";

/**
 * The burst day of PARADISEC nabu, summer 2026 (https://github.com/paradisec-archive/nabu/pull/1254): 96,191 uploads in two hours. How they
 * lay within the two hours is not published. Spread evenly they are 13.4 a second, and RunTask, which the direct rule calls once for
 * each, would throttle none of them; measured were 38.2 %. So they came in waves, and the pace within a wave is the one at which the
 * direct rule of this model is throttled as often as nabu's was. bench/README.md has how the other paces do.
 */
const NABU = { files: 96_191, withinSeconds: 7200, filesPerSecond: 17.7, filesAWave: 1000 } as const;
/** Small files come as quickly as one machine sends them that copies a folder. */
const SMALL_FILES_PER_SECOND = 200;
/** As pipelines.ts has it for images. */
const FILES_A_TASK = 25;
/** RunTask takes 20 calls a second, of which a neighbour in the account uses 5. */
const room = (vcpu: number): Scenario["quotas"] => ({ runTaskPerSecond: 15, vcpu, addresses: 250 });

const program = new Command("bench:burst")
  .description(
    "Bursts of uploads in virtual time: Slipway, one task per file, and the direct rule, under the same quotas",
  )
  .option("--json", "print one JSON document")
  .option("--only <text>", "only scenarios and contenders whose names contain this text")
  .option("--files <count>", "files of the large burst", Number, NABU.files)
  .option("--pace <files>", "files a second within a wave of the large burst", Number, NABU.filesPerSecond)
  .parse();
const options = program.opts<{ json?: true; only?: string; files: number; pace: number }>();

const contenders: Readonly<Record<string, (scenario: Scenario, tell: Tell) => Promise<BurstFigures>>> = {
  slipway: (scenario, tell) => slipwayBurst("slipway", scenario, FILES_A_TASK, tell),
  "one task per file": (scenario, tell) => slipwayBurst("one task per file", scenario, 1, tell),
  "direct rule": (scenario, tell) => directBurst("direct rule", scenario, PUBLISHED_PATTERN, tell),
  "direct rule, retried for a day": (scenario, tell) =>
    directBurst("direct rule, retried for a day", scenario, RULE_DEFAULT, tell),
};

const large = { ...NABU, files: options.files, filesPerSecond: options.pace };
const small = (files: number): Scenario => ({
  name: `${files} small files`,
  arrivals: { files, withinSeconds: 0, filesPerSecond: SMALL_FILES_PER_SECOND },
  quotas: room(1000),
});
const scenarios: readonly Scenario[] = [
  { name: "burst, 6 vCPU", arrivals: large, quotas: room(6) },
  { name: "burst, 1000 vCPU", arrivals: large, quotas: room(1000) },
  small(10_000),
  small(100_000),
];

const progress = progressLine(process.stderr);
const figures: BurstFigures[] = [];
for (const scenario of scenarios) {
  for (const [contender, run] of Object.entries(contenders)) {
    const name = `${scenario.name}: ${contender}`;
    if (!name.includes(options.only ?? "")) continue;
    progress.show(name);
    let told = 0;
    const one = await run(scenario, ({ virtualMs, done }) => {
      if (performance.now() - told < 1000) return;
      told = performance.now();
      const hours = (virtualMs / 3_600_000).toFixed(1);
      if (process.stderr.isTTY)
        progress.show(`${name}: ${done} of ${scenario.arrivals.files} done after ${hours} virtual hours`);
    });
    figures.push(rounded(one));
    if (options.json !== true) {
      progress.clear();
      console.log(JSON.stringify(rounded(one)));
    }
  }
}
progress.clear();
if (options.json === true) console.log(JSON.stringify({ virtualTime: true, figures }, null, 2));
