/**
 * The same calls against the local cloud and against moto, an independent imitation of AWS. Where they differ, differences.json
 * says who is right and why; any other difference fails. AGREEMENT_UPDATE=1 writes the differences that were seen, each new
 * one without a verdict, which fails until somebody gives it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type CloudUnderTest, startWholeCloud } from "#test/local/support/whole-cloud.ts";
import { MotoServer, motoIsInstalled } from "../support/moto-server.ts";
import { type ClientSettings, observe } from "./script.ts";
import { deployScript } from "./scripts/deploy.ts";
import { dynamodbScript } from "./scripts/dynamodb.ts";
import { logsScript } from "./scripts/logs.ts";
import { s3Script } from "./scripts/s3.ts";
import { snsScript } from "./scripts/sns.ts";
import { sqsScript } from "./scripts/sqs.ts";

interface Difference {
  readonly local: unknown;
  readonly moto: unknown;
  readonly right: "local" | "moto" | "neither" | "both" | "";
  readonly why: string;
}

const FILE = join(import.meta.dirname, "differences.json");
const known = JSON.parse(readFileSync(FILE, "utf8")) as Record<string, Difference>;
const scripts = [s3Script, sqsScript, snsScript, dynamodbScript, logsScript, deployScript];
const installed = motoIsInstalled();
if (!installed)
  console.warn(
    "SKIPPED: moto_server is not installed, so nothing is compared with moto (pip install 'moto[server]')",
  );

(installed ? describe : describe.skip)("the local cloud and moto", () => {
  let cloud: CloudUnderTest;
  let moto: MotoServer;

  beforeAll(async () => {
    [cloud, moto] = await Promise.all([
      startWholeCloud(),
      MotoServer.start({ MOTO_ALLOW_NONEXISTENT_REGION: "false" }),
    ]);
  });
  afterAll(async () => {
    await moto[Symbol.asyncDispose]();
    await cloud.end();
  });

  test.each(scripts)("agree on $service but for the known differences", async (script) => {
    const [here, there] = await Promise.all(
      [cloud.cloud.endpoint, moto.endpoint].map((endpoint) => observe(script, settingsFor(endpoint))),
    );
    const seen = differencesOf(here ?? {}, there ?? {});
    if (process.env["AGREEMENT_UPDATE"] === "1") remember(script.service, seen);

    const expected = Object.entries(known).filter(([title]) => title.startsWith(`${script.service}: `));
    expect(seen).toEqual(
      Object.fromEntries(expected.map(([title, { local, moto: other }]) => [title, { local, moto: other }])),
    );
  });
});

test("each known difference says who is right and why", () => {
  const silent = Object.entries(known).filter(([, { right, why }]) => right === "" || why === "");

  expect(silent.map(([title]) => title)).toEqual([]);
});

function settingsFor(endpoint: string): ClientSettings {
  return {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
    forcePathStyle: true,
    maxAttempts: 1,
  };
}

function differencesOf(
  here: Record<string, unknown>,
  there: Record<string, unknown>,
): Record<string, { local: unknown; moto: unknown }> {
  return Object.fromEntries(
    Object.keys(here)
      .filter((title) => JSON.stringify(here[title]) !== JSON.stringify(there[title]))
      .map((title) => [title, { local: here[title], moto: there[title] }]),
  );
}

function remember(service: string, seen: Record<string, { local: unknown; moto: unknown }>): void {
  for (const title of Object.keys(known)) {
    if (title.startsWith(`${service}: `) && !(title in seen)) delete known[title];
  }
  for (const [title, { local, moto: other }] of Object.entries(seen)) {
    const { right = "", why = "" } = known[title] ?? {};
    known[title] = { local, moto: other, right, why };
  }
  writeFileSync(FILE, `${JSON.stringify(known, null, 2)}\n`);
}
