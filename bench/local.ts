#!/usr/bin/env node
import { Command } from "commander";
import { MotoServer, motoIsInstalled } from "#test/local/support/moto-server.ts";
import { OPERATOR_ENVIRONMENT } from "../cli/deploy-local.ts";
import { startBenchCloud } from "./cloud-process.ts";
import { eventRate, invocationRate } from "./flow-rates.ts";
import { machineNow, type Machine } from "./machine.ts";
import type { Rate } from "./rates.ts";
import { startRivals } from "./rivals.ts";
import { median, rounded } from "./statistics.ts";
import {
  type ClientOptions,
  largeObjectRates,
  objectRates,
  queueRates,
  tableRates,
} from "./storage-rates.ts";

const EVENTS = 2000;
/** moto takes about a second for each, in the call of PutEvents. */
const EVENTS_OF_MOTO = 10;

/** One row: the local cloud's figure, and those of others that do the same. */
interface Figures {
  readonly cloud: number;
  readonly fauxqs?: number;
  readonly dynalite?: number;
  /** Both in one process. */
  readonly fauxqsAndDynalite?: number;
  readonly moto?: number;
}
type Contender = keyof Figures;
type Measures = { readonly cloud: Rate } & { readonly [C in Contender]?: Rate };

interface Result {
  readonly machine: Machine;
  readonly rounds: number;
  readonly figures: Readonly<Record<string, Figures>>;
}

const command = new Command("npm run bench:local --")
  .description(
    "How quick the local cloud's services are, beside fauxqs, dynalite and moto where they do the same.",
  )
  .option("--json", "print one JSON document")
  .option("--seconds <number>", "how long each rate is measured in a round", Number, 2)
  .option("--rounds <number>", "in how many rounds; the median counts", Number, 3)
  .action(bench);
await command.parseAsync();

async function bench(options: { json?: boolean; seconds: number; rounds: number }): Promise<void> {
  const { json, seconds, rounds } = options;
  const machine = machineNow();
  const starts = await startFigures(rounds);
  await using cloud = await startBenchCloud();
  await using rivals = await startRivals();
  await using moto = await startMoto();
  if (moto === undefined) console.error("moto_server is not installed: nothing is measured beside it.");
  const { rows, coldSeconds } = await rowsOf(seconds, {
    cloud: optionsFor(cloud.endpoint),
    fauxqs: optionsFor(rivals.fauxqs),
    dynalite: optionsFor(rivals.dynalite),
    ...(moto === undefined ? {} : { moto: optionsFor(moto.endpoint) }),
  });
  const result: Result = rounded({
    machine,
    rounds,
    figures: { ...starts, ...(await inRounds(rows, rounds)), "first invoke, s": { cloud: coldSeconds } },
  });
  console.log(json === true ? JSON.stringify(result, undefined, 2) : table(result));
}

/** Each started alone, in turns, after one that nobody counts: files and compiled code are then as warm for one as for the other. */
async function startFigures(rounds: number): Promise<Record<string, Figures>> {
  const contenders = { cloud: cloudStart, fauxqsAndDynalite: rivalsStart, moto: motoStart };
  const seen: Record<string, { startSeconds: number; restMiB: number }[]> = {};
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, start] of Object.entries(contenders)) {
      const figures = await start();
      if (figures !== undefined && round > 0) (seen[name] ??= []).push(figures);
    }
  }
  const of = (pick: (figures: { startSeconds: number; restMiB: number }) => number): Figures =>
    Object.fromEntries(
      Object.entries(seen).map(([name, all]) => [name, median(all.map(pick))]),
    ) as unknown as Figures;
  return {
    "start to ready, s": of(({ startSeconds }) => startSeconds),
    "memory at rest, MiB": of(({ restMiB }) => restMiB),
  };
}

async function cloudStart() {
  await using cloud = await startBenchCloud();
  return { startSeconds: cloud.startSeconds, restMiB: cloud.residentMiB() };
}

async function rivalsStart() {
  await using rivals = await startRivals();
  return { startSeconds: rivals.startSeconds, restMiB: rivals.restMiB };
}

async function motoStart() {
  await using moto = await startMoto();
  return moto && { startSeconds: moto.startSeconds, restMiB: moto.residentMiB() };
}

async function startMoto(): Promise<MotoServer | undefined> {
  return motoIsInstalled() ? MotoServer.start() : undefined;
}

type Endpoints = Readonly<Record<"cloud" | "fauxqs" | "dynalite", ClientOptions>> & {
  readonly moto?: ClientOptions;
};

/** What is measured of whom. fauxqs refuses objects of 64 MB; moto's Lambda wants Docker. */
async function rowsOf(seconds: number, { cloud, fauxqs, dynalite, moto }: Endpoints) {
  const objects = {
    cloud: await objectRates(cloud, seconds),
    fauxqs: await objectRates(fauxqs, seconds),
    ...(moto && { moto: await objectRates(moto, seconds) }),
  };
  const large = { cloud: largeObjectRates(cloud), ...(moto && { moto: largeObjectRates(moto) }) };
  const queues = {
    cloud: await queueRates(cloud, seconds),
    fauxqs: await queueRates(fauxqs, seconds),
    ...(moto && { moto: await queueRates(moto, seconds) }),
  };
  const tables = {
    cloud: await tableRates(cloud, seconds),
    dynalite: await tableRates(dynalite, seconds),
    ...(moto && { moto: await tableRates(moto, seconds) }),
  };
  const events = {
    cloud: await eventRate(cloud, EVENTS),
    ...(moto && { moto: await eventRate(moto, EVENTS_OF_MOTO) }),
  };
  const { coldSeconds, invokes } = await invocationRate(cloud, seconds);
  const rows: Record<string, Measures> = {
    "S3 puts of 1 KB a second": each(objects, "puts"),
    "S3 gets of 1 KB a second": each(objects, "gets"),
    "S3 put of 64 MB, MB/s": each(large, "puts"),
    "S3 get of 64 MB, MB/s": each(large, "gets"),
    "SQS sends a second": each(queues, "sends"),
    "DynamoDB puts a second": each(tables, "puts"),
    "DynamoDB gets a second": each(tables, "gets"),
    "events to a queue a second": events,
    "Lambda invokes a second": { cloud: invokes },
  };
  return { rows, coldSeconds };
}

function each<N extends string>(
  rates: { readonly cloud: Record<N, Rate> } & { readonly [C in Contender]?: Record<N, Rate> },
  name: N,
): Measures {
  return Object.fromEntries(
    Object.entries(rates).map(([contender, of]) => [contender, of[name]]),
  ) as unknown as Measures;
}

/** One contender right after the other for each row, so that whatever else the machine does weighs on all of them alike. */
async function inRounds(
  rows: Readonly<Record<string, Measures>>,
  rounds: number,
): Promise<Record<string, Figures>> {
  const seen = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [row, measures] of Object.entries(rows)) {
      for (const [contender, measure] of Object.entries(measures)) {
        const key = `${row} ${contender}`;
        seen.set(key, [...(seen.get(key) ?? []), await measure()]);
      }
    }
  }
  const figures = Object.entries(rows).map(([row, measures]) => {
    const medians = Object.keys(measures).map((contender) => [
      contender,
      median(seen.get(`${row} ${contender}`) ?? []),
    ]);
    return [row, Object.fromEntries(medians)];
  });
  return Object.fromEntries(figures) as Record<string, Figures>;
}

function optionsFor(endpoint: string): ClientOptions {
  const {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = OPERATOR_ENVIRONMENT;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

/** Ours, and each rival's figure with ours divided by it. */
function table({ machine, rounds, figures }: Result): string {
  const lines = Object.entries(figures).map(([what, { cloud, ...others }]) => {
    const told = Object.entries(others).map(
      ([whose, theirs]) =>
        `${whose.replace("And", " and ").toLowerCase()} ${theirs} (x${(cloud / theirs).toFixed(2)})`,
    );
    return `${what.padEnd(28)}${String(cloud).padStart(10)}   ${told.join(", ")}`.trimEnd();
  });
  return [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, load ${machine.load} before the start, medians of ${rounds} rounds`,
    "",
    ...lines,
  ].join("\n");
}
