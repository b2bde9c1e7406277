#!/usr/bin/env node
import { Command } from "commander";
import { MotoServer, motoIsInstalled } from "#test/local/support/moto-server.ts";
import { OPERATOR_ENVIRONMENT } from "../cli/deploy-local.ts";
import { startBenchCloud } from "./cloud-process.ts";
import { eventRate, invocationRate } from "./flow-rates.ts";
import { machineNow } from "./machine.ts";
import { startRivals } from "./rivals.ts";
import { rounded } from "./statistics.ts";
import {
  type ClientOptions,
  largeObjectRates,
  objectRates,
  queueRates,
  tableRates,
} from "./storage-rates.ts";

const EVENTS = 5000;

const command = new Command("npm run bench:local --")
  .description(
    "How quick the local cloud's services are, beside fauxqs, dynalite and moto where they do the same.",
  )
  .option("--json", "print one JSON document")
  .option("--seconds <number>", "how long each rate is measured", Number, 3)
  .action(bench);
await command.parseAsync();

async function bench({ json, seconds }: { json?: boolean; seconds: number }): Promise<void> {
  const machine = machineNow();
  const cloud = await ourRates(seconds);
  const others = await theirRates(seconds);
  const moto = await motosRates(seconds);
  if (moto === undefined) console.error("moto_server is not installed: nothing is measured beside it.");
  const figures = rounded({ machine, cloud, others, ...(moto === undefined ? {} : { moto }) });
  if (json === true) console.log(JSON.stringify(figures, undefined, 2));
  else console.log(table(figures));
}

async function ourRates(seconds: number) {
  await using cloud = await startBenchCloud();
  const restMiB = cloud.residentMiB();
  const options = optionsFor(cloud.endpoint);
  return {
    startSeconds: cloud.startSeconds,
    restMiB,
    objects: await objectRates(options, seconds),
    largeObjects: await largeObjectRates(options),
    queues: await queueRates(options, seconds),
    tables: await tableRates(options, seconds),
    eventsPerSecond: await eventRate(options, EVENTS),
    functions: await invocationRate(options, seconds),
  };
}

async function theirRates(seconds: number) {
  await using rivals = await startRivals();
  return {
    objects: await objectRates(optionsFor(rivals.fauxqs), seconds),
    queues: await queueRates(optionsFor(rivals.fauxqs), seconds),
    tables: await tableRates(optionsFor(rivals.dynalite), seconds),
  };
}

/** moto's rules deliver no events to queues, and its Lambda wants Docker. */
async function motosRates(seconds: number) {
  if (!motoIsInstalled()) return undefined;
  await using moto = await MotoServer.start();
  const restMiB = moto.residentMiB();
  const options = optionsFor(moto.endpoint);
  return {
    startSeconds: moto.startSeconds,
    restMiB,
    objects: await objectRates(options, seconds),
    largeObjects: await largeObjectRates(options),
    queues: await queueRates(options, seconds),
    tables: await tableRates(options, seconds),
  };
}

function optionsFor(endpoint: string): ClientOptions {
  const {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  } = OPERATOR_ENVIRONMENT;
  return { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
}

function table({
  machine,
  cloud,
  others,
  moto,
}: {
  machine: ReturnType<typeof machineNow>;
  cloud: Awaited<ReturnType<typeof ourRates>>;
  others: Awaited<ReturnType<typeof theirRates>>;
  moto?: Awaited<ReturnType<typeof motosRates>>;
}): string {
  /** Ours, and each rival's figure with ours divided by it. */
  const line = (
    what: string,
    ours: number,
    rivals: Readonly<Record<string, number | undefined>> = {},
  ): string => {
    const told = Object.entries(rivals).flatMap(([whose, theirs]) =>
      theirs === undefined ? [] : [`${whose} ${theirs} (x${(ours / theirs).toFixed(2)})`],
    );
    return `${what.padEnd(28)}${String(ours).padStart(10)}   ${told.join(", ")}`.trimEnd();
  };
  const { objects, largeObjects, queues, tables, functions } = cloud;
  return [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, load ${machine.load} before the start`,
    "",
    line("start to ready, s", cloud.startSeconds, { moto: moto?.startSeconds }),
    line("memory at rest, MiB", cloud.restMiB, { moto: moto?.restMiB }),
    line("S3 puts of 1 KB a second", objects.puts, { fauxqs: others.objects.puts, moto: moto?.objects.puts }),
    line("S3 gets of 1 KB a second", objects.gets, { fauxqs: others.objects.gets, moto: moto?.objects.gets }),
    // fauxqs refuses objects of this size.
    line("S3 put of 64 MB, MB/s", largeObjects.putMBs, { moto: moto?.largeObjects.putMBs }),
    line("S3 get of 64 MB, MB/s", largeObjects.getMBs, { moto: moto?.largeObjects.getMBs }),
    line("SQS sends a second", queues.sends, { fauxqs: others.queues.sends, moto: moto?.queues.sends }),
    line("DynamoDB puts a second", tables.puts, { dynalite: others.tables.puts, moto: moto?.tables.puts }),
    line("DynamoDB gets a second", tables.gets, { dynalite: others.tables.gets, moto: moto?.tables.gets }),
    line("events to a queue a second", cloud.eventsPerSecond),
    line("Lambda invokes a second", functions.invokes),
    line("first invoke, s", functions.coldSeconds),
  ].join("\n");
}
