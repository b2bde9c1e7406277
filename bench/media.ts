#!/usr/bin/env node
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { OPERATOR_ENVIRONMENT } from "../cli/deploy-local.ts";
import { operatorOf } from "../cli/operator.ts";
import { bareLoop } from "./bare-loop.ts";
import { startBenchCloud } from "./cloud-process.ts";
import { allAtOnce, oneByOne } from "./cloud-work.ts";
import { type Machine, machineNow } from "./machine.ts";
import { HEIGHT, photographs, WIDTH } from "./photographs.ts";
import { mean, median, rounded } from "./statistics.ts";

interface Options {
  readonly json?: boolean;
  readonly images: number;
  readonly singles: number;
}

/** What is printed with --json. Times are in seconds. */
interface MediaFigures {
  readonly machine: Machine;
  readonly images: { count: number; width: number; height: number; meanKiB: number };
  readonly ready: { cloud: number; deploy: number; both: number };
  /** From the begin of the upload to SUCCEEDED in the table. */
  readonly oneImage: { first: number; warmMedian: number; warm: readonly number[] };
  /** From the first upload to the last SUCCEEDED; `cpu` is processor time of the cloud, its functions and tasks. */
  readonly burst: { seconds: number; uploadSeconds: number; runs: number; cpu?: number };
  /** Before and after the burst, for the machine may have other things to do; the ratio is to their mean. */
  readonly bareLoop: { before: number; after: number; cpu: number };
  readonly ratio: { time: number; cpu?: number };
}

const command = new Command("npm run bench:media --")
  .description(
    "How long the local cloud takes to be ready, for one image, and for many beside a bare loop over sharp.",
  )
  .option("--json", "print one JSON document")
  .option("--images <number>", "images of the burst", whole, 200)
  .option("--singles <number>", "single images whose median is taken", whole, 7)
  .action(bench);
await command.parseAsync();

async function bench(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-media-"));
  try {
    const figures = rounded(await measure(options, folder));
    if (options.json === true) console.log(JSON.stringify(figures, undefined, 2));
    else print(figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ images, singles }: Options, folder: string): Promise<MediaFigures> {
  say(`Drawing ${images} photographs of ${WIDTH} x ${HEIGHT}`);
  const files = await photographs(folder, images);
  const machine = machineNow();

  say("Starting a local cloud, deploying");
  await using cloud = await startBenchCloud();
  const deploySeconds = await cloud.deploy();
  const operator = await operatorOf({
    name: "local",
    region: OPERATOR_ENVIRONMENT.AWS_REGION,
    endpoint: cloud.endpoint,
  });

  say(`One image, ${singles + 1} times`);
  const oneEach = Array.from({ length: singles + 1 }, (_, time) => files[time % images] ?? "");
  const [first = Number.NaN, ...warm] = await oneByOne(operator, oneEach);

  say(`A bare loop over ${images} images, the same in the cloud, and the loop again`);
  const before = await bareLoop({ files, folder: join(folder, "bare") });
  const cpuBefore = cloud.cpuSeconds();
  const burst = await allAtOnce(operator, files);
  const cpu = cpuBefore === undefined ? {} : { cpu: (cloud.cpuSeconds() ?? Number.NaN) - cpuBefore };
  const after = await bareLoop({ files, folder: join(folder, "bare") });

  const bareCpu = mean([before.cpuSeconds, after.cpuSeconds]);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return {
    machine,
    images: { count: images, width: WIDTH, height: HEIGHT, meanKiB: Math.round(bytes / images / 1024) },
    ready: {
      cloud: cloud.startSeconds,
      deploy: deploySeconds,
      both: cloud.startSeconds + deploySeconds,
    },
    oneImage: { first, warmMedian: median(warm), warm },
    burst: { ...burst, ...cpu },
    bareLoop: { before: before.seconds, after: after.seconds, cpu: bareCpu },
    ratio: {
      time: burst.seconds / mean([before.seconds, after.seconds]),
      ...(cpu.cpu === undefined ? {} : { cpu: cpu.cpu / bareCpu }),
    },
  };
}

function print({ machine, images, ready, oneImage, burst, bareLoop: bare, ratio }: MediaFigures): void {
  const { cores, processor, node, load } = machine;
  const withCpu = (cpu: number | undefined): string =>
    cpu === undefined ? "" : `, ${cpu} s of processor time`;
  console.log(`${cores} cores (${processor}), Node ${node}, load ${load} before the start
${images.count} photographs of ${images.width} x ${images.height}, ${images.meanKiB} KiB each

ready       the cloud ${ready.cloud} s, the deploy ${ready.deploy} s, both ${ready.both} s
one image   the first ${oneImage.first} s, then ${oneImage.warmMedian} s (median of ${oneImage.warm.length})
${String(images.count).padEnd(4)} images ${burst.seconds} s in ${burst.runs} runs (the uploads ${burst.uploadSeconds} s)${withCpu(burst.cpu)}
bare loop   ${bare.before} s before and ${bare.after} s after it${withCpu(bare.cpu)}
ratio       ${ratio.time}${ratio.cpu === undefined ? "" : `, of processor time ${ratio.cpu}`}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("A whole number, at least 1.");
  return value;
}
