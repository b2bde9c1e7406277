import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CloudFormationClient,
  DescribeStacksCommand,
  DescribeStackResourcesCommand,
} from "@aws-sdk/client-cloudformation";
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import {
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Cloud, startCloud } from "#local/cloud.ts";
import { ServiceFolder } from "./serverless.ts";

const credentials = { accessKeyId: "any", secretAccessKey: "any" };
let dataDir: string;
let cloud: Cloud;
let service: ServiceFolder;
let aws: ReturnType<typeof clients>;
const reported: string[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "toy-cloud-"));
  cloud = await startCloud({ dataDir, report: (line) => void reported.push(line) });
  service = new ServiceFolder(join(import.meta.dirname, "toy"), cloud.endpoint);
  aws = clients();
});

afterAll(async () => {
  await cloud.stop();
  service.delete();
  rmSync(dataDir, { recursive: true, force: true });
});

describe("the Serverless Framework against the local cloud", () => {
  test("deploys a service", async () => {
    const { code, said } = await service.serverless("deploy");

    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringContaining("Service deployed to stack toy-local"),
    });
    const { Stacks: [stack] = [] } = await aws.cloudFormation.send(
      new DescribeStacksCommand({ StackName: "toy-local" }),
    );
    expect(stack).toMatchObject({ StackStatus: "UPDATE_COMPLETE", Tags: [{ Key: "STAGE", Value: "local" }] });
    expect(await everything()).toEqual({
      buckets: 2,
      functions: ["toy-local-greet", "toy-local-other"],
      logGroups: ["/aws/lambda/toy-local-greet", "/aws/lambda/toy-local-other"],
      mappings: 1,
      queues: 1,
      roles: 1,
      rules: 1,
      tables: 1,
    });
    expect(reported).toEqual([]);
  });

  test("and what was deployed works, from the rule over the queue to the function's log", async () => {
    await happen("Ada");

    expect(await logOf("/aws/lambda/toy-local-greet", "Ada")).toContain("hello Ada");
  });

  test("skips a deploy that changes nothing", async () => {
    const { code, said } = await service.serverless("deploy");

    expect(said).toContain("No changes to deploy. Deployment skipped");
    expect(code).toBe(0);
  });

  test("updates the function that changed, and leaves the others as they were", async () => {
    const before = {
      greet: await codeOf("greet"),
      other: await codeOf("other"),
      queues: await physicalId("ThingsQueue"),
    };
    const handler = join(service.path, "handler.js");
    writeFileSync(
      handler,
      readFileSync(handler, "utf8").replace("${process.env.GREETING}", "${process.env.GREETING}, dear"),
    );

    const { code, said } = await service.serverless("deploy");

    expect({ code, said }).toMatchObject({ code: 0 });
    expect(await codeOf("greet")).not.toBe(before.greet);
    expect(await codeOf("other")).toBe(before.other);
    expect(await physicalId("ThingsQueue")).toBe(before.queues);
    await happen("Grace");
    expect(await logOf("/aws/lambda/toy-local-greet", "Grace")).toContain("hello, dear Grace");
  });

  test("refuses a function what its policy lacks, until a deploy adds the action", async () => {
    const before = await invoke("other", { id: "a" });
    const refused = (await cloud.control("identity", "refused")) as { action: string; statement: object }[];
    const path = join(service.path, "serverless.yml");
    const yml = readFileSync(path, "utf8");
    writeFileSync(
      path,
      yml.replace("Action: dynamodb:PutItem", "Action: [dynamodb:PutItem, dynamodb:DeleteItem]"),
    );
    const { code, said } = await service.serverless("deploy");
    const after = await invoke("other", { id: "a" });

    expect({ code, said }).toMatchObject({ code: 0 });
    expect(before).toMatchObject({
      FunctionError: "Unhandled",
      payload: expect.stringMatching(
        /AccessDenied.*assumed-role\/toy-local-.* is not authorized to perform: dynamodb:DeleteItem on resource/,
      ),
    });
    expect(refused).toMatchObject([
      { action: "dynamodb:DeleteItem", statement: { Effect: "Allow", Action: ["dynamodb:DeleteItem"] } },
    ]);
    expect(after).toEqual({ payload: "{}" });
  });

  test("tells why a deploy failed, and the service stays as it was", async () => {
    const path = join(service.path, "serverless.yml");
    const good = readFileSync(path, "utf8");
    writeFileSync(path, good.replace("VisibilityTimeout: 60", "VisibilityTimeout: 60\n        Colour: red"));

    const { code, said } = await service.serverless("deploy");

    expect(code).toBe(1);
    expect(said).toContain("#: extraneous key [Colour] is not permitted");
    // The framework leaves at the first failure; the rollback goes on.
    expect(await settledStatus()).toBe("UPDATE_ROLLBACK_COMPLETE");
    writeFileSync(path, good);
  });

  test("removes the service and leaves nothing", async () => {
    const { code, said } = await service.serverless("remove");

    expect({ code, said }).toMatchObject({
      code: 0,
      said: expect.stringContaining("has been successfully removed"),
    });
    expect(await everything()).toEqual({
      buckets: 0,
      functions: [],
      logGroups: [],
      mappings: 0,
      queues: 0,
      roles: 0,
      rules: 0,
      tables: 0,
    });
  });
});

function clients() {
  const config = { endpoint: cloud.endpoint, region: "us-east-1", credentials };
  return {
    cloudFormation: new CloudFormationClient(config),
    dynamodb: new DynamoDBClient(config),
    events: new EventBridgeClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
  };
}

/** All that there is in the cloud, by service. */
async function everything() {
  const { Functions = [] } = await aws.lambda.send(new ListFunctionsCommand());
  const { logGroups = [] } = await aws.logs.send(new DescribeLogGroupsCommand());
  return {
    buckets: (await aws.s3.send(new ListBucketsCommand())).Buckets?.length ?? 0,
    functions: Functions.map(({ FunctionName }) => FunctionName).sort(),
    logGroups: logGroups.map(({ logGroupName }) => logGroupName).sort(),
    mappings: (await aws.lambda.send(new ListEventSourceMappingsCommand())).EventSourceMappings?.length ?? 0,
    queues: (await aws.sqs.send(new ListQueuesCommand())).QueueUrls?.length ?? 0,
    roles: (await aws.iam.send(new ListRolesCommand())).Roles?.length ?? 0,
    rules: (await aws.events.send(new ListRulesCommand())).Rules?.length ?? 0,
    tables: (await aws.dynamodb.send(new ListTablesCommand())).TableNames?.length ?? 0,
  };
}

async function happen(name: string): Promise<void> {
  const entry = { Source: "toy", DetailType: "Thing Happened", Detail: JSON.stringify({ name }) };
  const { FailedEntryCount } = await aws.events.send(new PutEventsCommand({ Entries: [entry] }));
  expect(FailedEntryCount).toBe(0);
}

async function invoke(name: string, event: object): Promise<{ payload: string; FunctionError?: string }> {
  const { Payload = [], FunctionError } = await aws.lambda.send(
    new InvokeCommand({ FunctionName: `toy-local-${name}`, Payload: JSON.stringify(event) }),
  );
  const payload = Buffer.from(Payload).toString("utf8");
  return { payload, ...(FunctionError === undefined ? {} : { FunctionError }) };
}

/** Waits for a line with `word` in a function's log. */
async function logOf(logGroupName: string, word: string): Promise<string> {
  for (;;) {
    const { events = [] } = await aws.logs.send(new FilterLogEventsCommand({ logGroupName }));
    const found = events.find(({ message }) => message?.includes(word));
    if (found?.message !== undefined) return found.message;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function settledStatus(): Promise<string | undefined> {
  for (;;) {
    const { Stacks: [stack] = [] } = await aws.cloudFormation.send(
      new DescribeStacksCommand({ StackName: "toy-local" }),
    );
    if (stack?.StackStatus?.endsWith("IN_PROGRESS") !== true) return stack?.StackStatus;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function codeOf(name: string): Promise<string | undefined> {
  const { Configuration } = await aws.lambda.send(
    new GetFunctionCommand({ FunctionName: `toy-local-${name}` }),
  );
  return Configuration?.CodeSha256;
}

async function physicalId(logicalId: string): Promise<string | undefined> {
  const { StackResources = [] } = await aws.cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: "toy-local", LogicalResourceId: logicalId }),
  );
  return StackResources[0]?.PhysicalResourceId;
}
