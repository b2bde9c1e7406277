#!/usr/bin/env node
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine, countFromOne, runCommandLine } from "../cli/command-line.ts";
import { OPERATOR_ENVIRONMENT } from "../cli/deploy-local.ts";
import { operatorOf } from "../cli/operator.ts";
import { progressLine } from "../cli/progress.ts";
import type { Stage } from "../cli/stage.ts";
import { table } from "../cli/table.ts";
import { startBenchCloud } from "./cloud-process.ts";
import { bareHandlers, deployedFunctions, holdStill, type Starter } from "./cold-start/starters.ts";
import { type Machine, machineNow } from "./machine.ts";
import { median, rounded } from "./statistics.ts";

interface Options {
  readonly json?: boolean;
  readonly starts: number;
}

/** Of one start, as its process tells. */
interface Start {
  readonly nodeMs: number;
  readonly importMs: number;
  readonly callMs: number;
  readonly cpuMs: number;
  /** Messages that the function gave back. */
  readonly failures: number;
}

/** Medians, in milliseconds; `total` is import and first call. */
interface StartFigures {
  readonly name: string;
  readonly sizeKiB: number;
  readonly node: number;
  readonly import: number;
  readonly firstCall: number;
  readonly total: number;
  readonly fastestTotal: number;
  /** Processor time of the whole process, which neighbours change less than the clock on the wall. */
  readonly cpu: number;
}

interface ColdStartFigures {
  readonly machine: Machine;
  readonly starts: number;
  readonly functions: readonly StartFigures[];
}

const CHILD = join(import.meta.dirname, "cold-start", "start-child.mjs");
const progress = progressLine(process.stderr);

await runCommandLine(
  commandLine("npm run bench:cold-start --")
    .description(
      "How long each function's zip takes from nothing to its first answer, beside a handler that does nothing and one that reads one item.",
    )
    .option("--json", "print one JSON document")
    .option("--starts <number>", "starts of each, whose median is taken", countFromOne, 15)
    .action(bench),
);

async function bench(options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-cold-start-"));
  try {
    const figures = rounded(await measure(options.starts, folder));
    progress.clear();
    if (options.json === true) console.log(JSON.stringify(figures, undefined, 2));
    else print(figures);
  } finally {
    progress.clear();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(starts: number, folder: string): Promise<ColdStartFigures> {
  progress.show("Starting a local cloud and deploying into it");
  await using cloud = await startBenchCloud();
  await cloud.deploy();
  const stage: Stage = { name: "local", region: OPERATOR_ENVIRONMENT.AWS_REGION, endpoint: cloud.endpoint };
  await holdStill(stage);
  const functions = await deployedFunctions(stage, folder);
  const { outputs } = await operatorOf(stage);
  const starters = [...(await bareHandlers(folder, { SLIPWAY_JOBS_TABLE: outputs.JobsTable })), ...functions];
  const machine = machineNow();
  const seen = new Map<Starter, Start[]>(starters.map((starter) => [starter, []]));
  // Round by round, so that a neighbour who works for a while weighs on all; the first round only fills the caches of the disk.
  for (let round = 0; round <= starts; round += 1) {
    progress.show(`Round ${round} of ${starts}`);
    for (const [starter, its] of seen) {
      const start = await startOnce(starter, round, cloud.endpoint);
      if (round > 0) its.push(start);
    }
  }
  return { machine, starts, functions: [...seen].map(([starter, its]) => figuresOf(starter, its)) };
}

/** @throws Error where the function fails: a start that ends in an error is measured by nobody */
async function startOnce(starter: Starter, round: number, endpoint: string): Promise<Start> {
  const child = fork(CHILD, [starter.modulePath, JSON.stringify(starter.event(round))], {
    execArgv: [],
    env: {
      PATH: process.env["PATH"],
      ...starter.environment,
      ...OPERATOR_ENVIRONMENT,
      AWS_ENDPOINT_URL: endpoint,
    },
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const failed = once(child, "close").then(() =>
    Promise.reject(new Error(`${starter.name} failed:\n${said}`)),
  );
  const [start] = (await Promise.race([once(child, "message"), failed])) as [Start];
  await failed.catch(() => undefined);
  if (start.failures > 0) throw new Error(`${starter.name} gave its message back:\n${said}`);
  return start;
}

function figuresOf({ name, sizeKiB }: Starter, starts: readonly Start[]): StartFigures {
  const medianOf = (value: (start: Start) => number): number => median(starts.map(value));
  const total = ({ importMs, callMs }: Start): number => importMs + callMs;
  return {
    name,
    sizeKiB,
    node: medianOf(({ nodeMs }) => nodeMs),
    import: medianOf(({ importMs }) => importMs),
    firstCall: medianOf(({ callMs }) => callMs),
    total: medianOf(total),
    fastestTotal: Math.min(...starts.map(total)),
    cpu: medianOf(({ cpuMs }) => cpuMs),
  };
}

function print({ machine, starts, functions }: ColdStartFigures): void {
  console.log(`${machine.processor}, ${machine.cores} cores, load ${machine.load}, Node ${machine.node}`);
  console.log(`Medians of ${starts} starts, in ms; the total is import and first call.\n`);
  const whole = (value: number): string => value.toFixed(0);
  const rows = functions.map(({ name, sizeKiB, ...ms }) => [
    name,
    `${whole(sizeKiB)} KiB`,
    ...[ms.node, ms.import, ms.firstCall, ms.total, ms.fastestTotal, ms.cpu].map(whole),
  ]);
  console.log(table(["", "SIZE", "NODE", "IMPORT", "FIRST CALL", "TOTAL", "FASTEST", "CPU"], rows));
}
