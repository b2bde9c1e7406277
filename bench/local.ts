#!/usr/bin/env node
import { Command } from "commander";
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
  .description("How quick the local cloud's services are, beside fauxqs and dynalite where they do the same.")
  .option("--json", "print one JSON document")
  .option("--seconds <number>", "how long each rate is measured", Number, 3)
  .action(bench);
await command.parseAsync();

async function bench({ json, seconds }: { json?: boolean; seconds: number }): Promise<void> {
  const machine = machineNow();
  const cloud = await ourRates(seconds);
  const others = await theirRates(seconds);
  const figures = rounded({ machine, cloud, others });
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
}: {
  machine: ReturnType<typeof machineNow>;
  cloud: Awaited<ReturnType<typeof ourRates>>;
  others: Awaited<ReturnType<typeof theirRates>>;
}): string {
  const beside = (what: string, ours: number, theirs: number, whose: string): string =>
    `${what.padEnd(28)}${String(ours).padStart(10)}   ${whose} ${theirs}`;
  const alone = (what: string, ours: number, remark = ""): string =>
    `${what.padEnd(28)}${String(ours).padStart(10)}   ${remark}`.trimEnd();
  return [
    `${machine.cores} cores (${machine.processor}), Node ${machine.node}, load ${machine.load} before the start`,
    "",
    `start ${cloud.startSeconds} s, at rest ${cloud.restMiB} MiB`,
    beside("S3 puts of 1 KB a second", cloud.objects.puts, others.objects.puts, "fauxqs"),
    beside("S3 gets of 1 KB a second", cloud.objects.gets, others.objects.gets, "fauxqs"),
    alone("S3 put of 64 MB, MB/s", cloud.largeObjects.putMBs, "fauxqs refuses them"),
    alone("S3 get of 64 MB, MB/s", cloud.largeObjects.getMBs),
    beside("SQS sends a second", cloud.queues.sends, others.queues.sends, "fauxqs"),
    beside("DynamoDB puts a second", cloud.tables.puts, others.tables.puts, "dynalite"),
    beside("DynamoDB gets a second", cloud.tables.gets, others.tables.gets, "dynalite"),
    alone("events to a queue a second", cloud.eventsPerSecond),
    alone(
      "Lambda invokes a second",
      cloud.functions.invokes,
      `the first took ${cloud.functions.coldSeconds} s`,
    ),
  ].join("\n");
}
