import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { CloudFormationClient, ListStacksCommand } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRepositoryCommand, DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startCloud, type Cloud } from "#local/cloud.ts";
import { PROJECT_DIR } from "../../cli/running-cloud.ts";
import { ServiceFolder } from "../../cli/service-folder.ts";

/** The life of stage dev in an account that was empty, by the framework's own commands; its tasks run from their folders, for the deploy waits for a worker. */

const MINUTES = 60_000;
const keys = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "any", AWS_SECRET_ACCESS_KEY: "any" };

let cloud: Cloud;
let folder: ServiceFolder;
let dataDir = "";

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "slipway-stage-life-"));
  folder = await ServiceFolder.make();
  cloud = await startCloud({ dataDir });
});

afterAll(async () => {
  await cloud.stop();
  await folder[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

const client = () => ({
  endpoint: cloud.endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "any", secretAccessKey: "any" },
});

/** @returns what it said and its exit code */
async function serverless(
  ...args: string[]
): Promise<{ code: number | null; said: string; printed: string }> {
  const stage = [
    "--stage",
    "dev",
    "--param",
    "images=folder",
    "--param",
    "adminEmail=a@example.com,b@example.com",
  ];
  const command = join(PROJECT_DIR, "node_modules", "serverless", "bin", "serverless.js");
  const child = spawn(process.execPath, [command, ...args, ...stage], {
    cwd: folder.path,
    env: {
      PATH: process.env["PATH"],
      HOME: folder.path,
      ...keys,
      AWS_ENDPOINT_URL: cloud.endpoint,
      SLS_AWS_MONITORING_FREQUENCY: "200",
      SLS_TELEMETRY_DISABLED: "1",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard = { said: "", printed: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    heard.said += text;
    heard.printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (heard.said += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, ...heard };
}

async function left() {
  const buckets = await new S3Client(client()).send(new ListBucketsCommand({}));
  const groups = await new CloudWatchLogsClient(client()).send(new DescribeLogGroupsCommand({}));
  const repositories = await new ECRClient(client()).send(new DescribeRepositoriesCommand({}));
  const stacks = await new CloudFormationClient(client()).send(new ListStacksCommand({}));
  return {
    buckets: (buckets.Buckets ?? []).map(({ Name }) => Name),
    logGroups: (groups.logGroups ?? []).map(({ logGroupName }) => logGroupName),
    repositories: (repositories.repositories ?? []).map(({ repositoryName }) => repositoryName),
    stacks: (stacks.StackSummaries ?? [])
      .filter(({ StackStatus }) => StackStatus !== "DELETE_COMPLETE")
      .map(({ StackName }) => StackName),
  };
}

it(
  "is deployed from an empty state, and not again while nothing has changed",
  async () => {
    const first = await serverless("deploy");
    const second = await serverless("deploy");

    expect(first.said).toContain("Service deployed");
    expect(second.said).toContain("No changes to deploy");
  },
  5 * MINUTES,
);

it.each([
  ["intake", "events/s3/object-created.json"],
  ["track", "events/ecs/task-state-change.json"],
  ["notify", "events/slipway/job-failed.json"],
  ["sweep", "events/schedule/scheduled-event.json"],
  ["wake", "events/schedule/scheduled-event.json"],
  ["dispatch", "events/schedule/scheduled-event.json"],
])(
  "runs %s on this machine with %s",
  async (name, path) => {
    const { code, said, printed } = await serverless("invoke", "local", "--function", name, "--path", path);

    expect({ code, said }).toEqual({ code: 0, said: expect.not.stringContaining("errorMessage") });
    const results = [...printed.matchAll(/"batchItemFailures": (\[[^\]]*\])/g)].map(
      ([, failures]) => failures,
    );
    expect(results.filter((failures) => failures !== "[]")).toEqual([]);
  },
  2 * MINUTES,
);

it(
  "leaves nothing when it is removed, and says before what goes",
  async () => {
    await new ECRClient(client()).send(new CreateRepositoryCommand({ repositoryName: "slipway-dev/media" }));
    const uploads = (await left()).buckets.find((name) => name?.includes("uploadsbucket")) ?? "";
    for (const Body of ["first", "second"])
      await new S3Client(client()).send(new PutObjectCommand({ Bucket: uploads, Key: "notes/x.txt", Body }));

    const { code, said } = await serverless("remove");

    expect({ code, said }).toEqual({
      code: 0,
      said: expect.stringContaining("image repository slipway-dev/media"),
    });
    expect(said).toContain(`Emptied bucket ${uploads} (2 versions)`);
    expect(await left()).toEqual({ buckets: [], logGroups: [], repositories: [], stacks: [] });
  },
  3 * MINUTES,
);
