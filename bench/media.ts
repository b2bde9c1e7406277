#!/usr/bin/env node
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { put } from "../cli/commands/upload.ts";
import { OPERATOR_ENVIRONMENT } from "../cli/deploy-local.ts";
import { type Operator, operatorOf } from "../cli/operator.ts";
import { bareLoop } from "./bare-loop.ts";
import { startBenchCloud } from "./cloud-process.ts";
import { HEIGHT, photographs, WIDTH } from "./photographs.ts";
import { median, round } from "./statistics.ts";

interface Options {
  readonly json?: boolean;
  readonly images: number;
  readonly singles: number;
}

/** What is printed with --json. Times are in seconds. */
interface MediaFigures {
  readonly machine: { cores: number; processor: string; node: string; loadBefore: number };
  readonly images: { count: number; width: number; height: number; meanKiB: number };
  readonly ready: { cloud: number; deploy: number; both: number };
  /** From the upload's first byte to SUCCEEDED in the table. */
  readonly oneImage: { first: number; warmMedian: number; warm: readonly number[] };
  readonly burst: {
    seconds: number;
    uploadSeconds: number;
    runs: number;
    bareSeconds: number;
    ratio: number;
  };
}

const POLL_ONE_MS = 20;
const POLL_MANY_MS = 200;
const UPLOADS_AT_ONCE = 8;
const PATIENCE_MS = 15 * 60_000;

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
    const figures = await measure(options, folder);
    if (options.json === true) console.log(JSON.stringify(figures, undefined, 2));
    else print(figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure({ images, singles }: Options, folder: string): Promise<MediaFigures> {
  say(`Drawing ${images} photographs of ${WIDTH} x ${HEIGHT}`);
  const files = await photographs(folder, images);
  const loadBefore = round(loadavg()[0] ?? 0);
  const { ready, oneImage, burst } = await inCloud(files, singles);
  say("The same work in a bare loop");
  const bareSeconds = (await bareLoop(files, join(folder, "bare"))) / 1000;
  return {
    machine: {
      cores: availableParallelism(),
      processor: cpus()[0]?.model ?? "?",
      node: process.version,
      loadBefore,
    },
    images: {
      count: images,
      width: WIDTH,
      height: HEIGHT,
      meanKiB: Math.round(files.reduce((sum, file) => sum + statSync(file).size, 0) / images / 1024),
    },
    ready,
    oneImage,
    burst: { ...burst, bareSeconds: round(bareSeconds), ratio: round(burst.seconds / bareSeconds) },
  };
}

async function inCloud(files: readonly string[], singles: number) {
  say("Starting a local cloud");
  await using cloud = await startBenchCloud();
  say("Deploying");
  const deployMs = await cloud.deploy();
  const operator = await operatorOf({
    name: "local",
    region: OPERATOR_ENVIRONMENT.AWS_REGION,
    endpoint: cloud.endpoint,
  });
  say(`One image, ${singles + 1} times`);
  const [first = 0, ...warm] = await oneByOne(operator, files, singles + 1);
  say(`${files.length} images at once`);
  const burst = await manyAtOnce(operator, files);
  return {
    ready: {
      cloud: round(cloud.startedMs / 1000),
      deploy: round(deployMs / 1000),
      both: round((cloud.startedMs + deployMs) / 1000),
    },
    oneImage: { first, warmMedian: round(median(warm)), warm },
    burst,
  };
}

async function oneByOne(operator: Operator, files: readonly string[], times: number): Promise<number[]> {
  const seconds: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const from = performance.now();
    const id = await upload(operator, files[time % files.length] ?? "", `images/single-${time}.jpg`);
    await succeeded(operator, [id], POLL_ONE_MS);
    seconds.push(round((performance.now() - from) / 1000));
  }
  return seconds;
}

async function manyAtOnce(operator: Operator, files: readonly string[]) {
  const from = performance.now();
  const ids: string[] = [];
  const waiting = files.entries();
  const lane = async (): Promise<void> => {
    for (const [index, file] of waiting) ids.push(await upload(operator, file, `images/burst/${index}.jpg`));
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, lane));
  const uploadSeconds = round((performance.now() - from) / 1000);
  const jobs = await succeeded(operator, ids, POLL_MANY_MS);
  const runs = new Set(jobs.map(({ attempts }) => attempts.at(-1)?.runId)).size;
  return { seconds: round((performance.now() - from) / 1000), uploadSeconds, runs };
}

async function upload(operator: Operator, file: string, key: string): Promise<string> {
  const { jobId } = await put(operator, file, key);
  if (jobId === undefined) throw new Error(`No pipeline takes ${key}.`);
  return jobId;
}

/** Asks only for those that have not ended, so that the asking costs little. @throws where one does not succeed */
async function succeeded(operator: Operator, ids: readonly string[], pollMs: number): Promise<Job[]> {
  const deadline = performance.now() + PATIENCE_MS;
  const done: Job[] = [];
  let waiting = [...ids];
  while (waiting.length > 0) {
    const jobs = await operator.jobs.readJobs(waiting.slice(0, 25));
    for (const job of jobs.filter(isTerminal)) {
      if (job.state !== "SUCCEEDED")
        throw new Error(`A job ended as ${job.state}: ${JSON.stringify(job.failure)}`);
      done.push(job);
      waiting = waiting.filter((id) => id !== job.jobId);
    }
    if (performance.now() > deadline) throw new Error(`${waiting.length} jobs did not end.`);
    if (!jobs.some(isTerminal)) await sleep(pollMs);
  }
  return done;
}

function print({ machine, images, ready, oneImage, burst }: MediaFigures): void {
  console.log(`${machine.cores} cores (${machine.processor}), Node ${machine.node}, load ${machine.loadBefore} before the start
${images.count} photographs of ${images.width} x ${images.height}, ${images.meanKiB} KiB each

ready       the cloud ${ready.cloud} s, the deploy ${ready.deploy} s, both ${ready.both} s
one image   the first ${oneImage.first} s, then ${oneImage.warmMedian} s (median of ${oneImage.warm.length})
${images.count} images  ${burst.seconds} s in ${burst.runs} runs (the upload alone ${burst.uploadSeconds} s)
bare loop   ${burst.bareSeconds} s, so that the ratio is ${burst.ratio}`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("A whole number, at least 1.");
  return value;
}
