import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { ECRClient } from "@aws-sdk/client-ecr";
import type { ContainerEngine } from "#local/containers/engine.ts";
import { startCloud, type Cloud } from "#local/cloud.ts";
import { publishImages } from "#infrastructure/images/publish.ts";
import { taskBuilds } from "#infrastructure/images/task-builds.ts";
import { pipelines } from "#pipelines";

let cloud: Cloud;
let dataDir = "";
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "slipway-unfit-"));
  cloud = await startCloud({ dataDir });
});
afterAll(async () => {
  await cloud.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Publishes by an engine whose images all come out as `inspected`. @returns the commands that it was given, and the refusal */
const publish = async (inspected: string) => {
  const commands: (string | undefined)[] = [];
  const engine: ContainerEngine = {
    name: "docker",
    architecture: "amd64",
    call: async ({ args }) => {
      commands.push(args[0]);
      return args[0] === "image" ? `${inspected}\n` : "";
    },
  };
  const ecr = new ECRClient({
    endpoint: cloud.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  const refusal = await publishImages(taskBuilds(pipelines, { stage: "unfit", imagesFrom: "registry" }), {
    ecr,
    stage: "unfit",
    findEngine: async () => engine,
    report: () => undefined,
  }).then(
    () => undefined,
    (error: unknown) => String(error),
  );
  return { commands: new Set(commands), refusal };
};

it.each([
  [
    "of another architecture than its task definition's",
    'linux/amd64 {"/tmp":{}}',
    /came out for linux\/amd64, and its task definition says linux\/arm64; nothing was pushed/,
  ],
  [
    "whose user could write no file on Fargate",
    "linux/arm64 null",
    /does not declare \/tmp as a volume.*Put VOLUME \["\/tmp"\] before the last USER of tasks\//,
  ],
  ["that declares another volume only", 'linux/arm64 {"/data":{}}', /does not declare \/tmp as a volume/],
])("an image %s is refused and never pushed", async (_, inspected, sentence) => {
  const { commands, refusal } = await publish(inspected);

  expect(refusal).toMatch(sentence);
  expect(commands).not.toContain("push");
});

it("an image that its tasks can work from is pushed", async () => {
  const { commands, refusal } = await publish('linux/arm64 {"/tmp":{}}');

  expect(refusal).toBeUndefined();
  expect(commands).toContain("push");
});
