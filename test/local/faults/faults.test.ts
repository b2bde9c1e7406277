import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { ECSClient, ListClustersCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { zipOf } from "../functions/support/zip-of.ts";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let cloud: CloudUnderTest;
let dynamodb: DynamoDBClient;
let lambda: LambdaClient;
let ecs: ECSClient;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  cloud = await startWholeCloud();
  const once = { ...cloud.client(), maxAttempts: 1 };
  dynamodb = new DynamoDBClient(once);
  lambda = new LambdaClient(once);
  ecs = new ECSClient(once);
  logs = new CloudWatchLogsClient(once);
  await aTable("notes");
  await aTable("others");
});

afterEach(() => cloud.cloud.faults.clear());
afterAll(async () => {
  for (const client of [dynamodb, lambda, ecs, logs]) client.destroy();
  await cloud.end();
});

async function aTable(TableName: string): Promise<void> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    }),
  );
  await waitUntilTableExists({ client: dynamodb, minDelay: 1, maxWaitTime: 20 }, { TableName });
}

const put = (pk: string, TableName = "notes") =>
  dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: pk } } }));
const get = (pk: string) => dynamodb.send(new GetItemCommand({ TableName: "notes", Key: { pk: { S: pk } } }));

async function control(name: string, input: unknown = {}): Promise<unknown> {
  const url = `${cloud.cloud.endpoint}/_cloud/faults/${name}`;
  const response = await fetch(url, { method: "POST", body: JSON.stringify(input) });
  return response.json();
}

describe("faults of the cloud", () => {
  test("are all off at first, and each says what it does and takes", () => {
    const list = cloud.cloud.faults.list();

    expect(list.map(({ name }) => name).sort()).toEqual(
      [
        ["doubledEvents", "lateEvents", "lostEvents", "reorderedEvents"],
        ["failures", "noAddress", "noCapacity", "noStart", "slowStart", "throttle"],
        ["lambdaCrash", "logLoss", "tableThrottle"],
      ]
        .flat()
        .sort(),
    );
    expect(list.filter(({ on }) => on !== undefined)).toEqual([]);
    for (const { does, takes } of list) {
      expect(does).toMatch(/\.$/);
      expect(takes).toEqual(expect.arrayContaining(["share", "count", "durationMs"]));
    }
  });

  test("can be switched by HTTP, by name, and listed with what is left of them", async () => {
    const set = await control("set", { name: "throttle", share: 1, durationMs: 60_000 });
    await expect(ecs.send(new ListClustersCommand({}))).rejects.toMatchObject({
      name: "ThrottlingException",
    });
    const cleared = await control("clear", { name: "throttle" });

    expect(set).toContainEqual(
      expect.objectContaining({
        name: "throttle",
        on: { share: 1, durationMs: 60_000, leftMs: expect.any(Number) },
      }),
    );
    expect(cleared).toEqual(await control("list"));
    await expect(ecs.send(new ListClustersCommand({}))).resolves.toMatchObject({ clusterArns: [] });
  });

  test.each([
    [
      "a fault that there is not",
      { name: "earthquake" },
      /There is no fault "earthquake"; there are: .*throttle/,
    ],
    ["a setting that it does not take", { name: "noStart", colour: "red" }, /colour/],
    ["a share beyond one", { name: "throttle", share: 2 }, /share/],
    ["no name", {}, /name/],
  ])("refuse %s in words, and change nothing", async (_what, input, words) => {
    const before = await control("list");

    expect(await control("set", input)).toEqual({ error: expect.stringMatching(words) });
    expect(await control("list")).toEqual(before);
  });

  test("end with their time, by the cloud's clock", async () => {
    cloud.cloud.faults.set("tableThrottle", { durationMs: 60_000 });
    await expect(put("late")).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });

    cloud.cloud.advanceClock(60_000);

    await expect(put("late")).resolves.toBeDefined();
  });
});

describe("a throttled table", () => {
  test("refuses the named operations of the named table, and its item stays as it was", async () => {
    cloud.cloud.faults.set("tableThrottle", {
      operations: ["PutItem", "BatchGetItem"],
      table: "notes",
      error: "ThrottlingException",
    });

    await expect(put("a")).rejects.toMatchObject({
      name: "ThrottlingException",
      $metadata: { httpStatusCode: 400 },
    });
    await expect(
      dynamodb.send(new BatchGetItemCommand({ RequestItems: { notes: { Keys: [{ pk: { S: "a" } }] } } })),
    ).rejects.toMatchObject({ name: "ThrottlingException" });
    await expect(put("a", "others")).resolves.toBeDefined();
    expect((await get("a")).Item).toBeUndefined();
  });

  test("refuses so many calls, which the SDK's own retries come through", async () => {
    cloud.cloud.faults.set("tableThrottle", { count: 2, operations: ["PutItem"] });
    const patient = new DynamoDBClient(cloud.client());

    const answer = await patient.send(new PutItemCommand({ TableName: "notes", Item: { pk: { S: "b" } } }));

    patient.destroy();
    expect(answer.$metadata.attempts).toBe(3);
  });

  test("refuses a share of the calls", async () => {
    cloud.cloud.faults.set("tableThrottle", { share: 0.5 });

    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => put("c")));

    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["fulfilled", "rejected"]));
  });
});

describe("a function's crash", () => {
  /** Puts the items that it is told to, one after the other, signing as its role. */
  const PUTS = `
    export const handler = async ({ keys }) => {
      const scope = process.env.AWS_ACCESS_KEY_ID + "/20261122/us-east-1/dynamodb/aws4_request";
      for (const key of keys) {
        const answer = await fetch(process.env.AWS_ENDPOINT_URL, {
          method: "POST",
          headers: {
            authorization: "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0",
            "x-amz-security-token": process.env.AWS_SESSION_TOKEN,
            "x-amz-target": "DynamoDB_20120810.PutItem",
            "content-type": "application/x-amz-json-1.0",
          },
          body: JSON.stringify({ TableName: "notes", Item: { pk: { S: key } } }),
        });
        if (!answer.ok) throw new Error(await answer.text());
      }
      return "done";
    };`;

  beforeAll(async () => {
    const iam = new IAMClient(cloud.client());
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "writer",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        }),
      }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: "writer",
        PolicyName: "writes",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: "*" }],
        }),
      }),
    );
    iam.destroy();
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "writer",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: Role?.Arn,
        Timeout: 10,
        Code: { ZipFile: zipOf({ "index.mjs": PUTS }) },
      }),
    );
  });

  async function invoke(keys: readonly string[]): Promise<{ error?: string; payload: string }> {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: "writer", Payload: JSON.stringify({ keys }) }),
    );
    const payload = Buffer.from(answer.Payload ?? []).toString("utf8");
    return { payload, ...(answer.FunctionError === undefined ? {} : { error: answer.FunctionError }) };
  }

  async function written(prefix: string): Promise<string[]> {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: "notes" }));
    return Items.map(({ pk }) => pk?.S ?? "")
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  test("before its second call leaves the second write undone", async () => {
    cloud.cloud.faults.set("lambdaCrash", { functionName: "writer", atCall: 2, when: "before", count: 1 });

    const crashed = await invoke(["before-1", "before-2", "before-3"]);

    expect(crashed.error).toBe("Unhandled");
    expect(crashed.payload).toMatch(/Runtime\.ExitError/);
    expect(crashed.payload).toMatch(/signal: killed/);
    expect(await written("before-")).toEqual(["before-1"]);
  });

  test("after its second call has written, and nobody has heard of it; the next invocation lives", async () => {
    const fault = { functionName: "writer", service: "dynamodb", atCall: 2, when: "after", count: 1 };
    cloud.cloud.faults.set("lambdaCrash", fault);

    const crashed = await invoke(["after-1", "after-2", "after-3"]);

    expect(crashed.error).toBe("Unhandled");
    expect(await written("after-")).toEqual(["after-1", "after-2"]);
    expect(await invoke(["after-1", "after-2", "after-3"])).toEqual({ payload: '"done"' });
    expect(await written("after-")).toHaveLength(3);
  });

  test("at the second invocation spares the first and the third", async () => {
    cloud.cloud.faults.set("lambdaCrash", { functionName: "writer", atInvocation: 2 });

    const outcomes = [await invoke(["n-1"]), await invoke(["n-2"]), await invoke(["n-3"])];

    expect(outcomes.map(({ error }) => error)).toEqual([undefined, "Unhandled", undefined]);
    expect(await written("n-")).toEqual(["n-1", "n-3"]);
  });

  test("does not touch another function's calls", async () => {
    cloud.cloud.faults.set("lambdaCrash", { functionName: "reader", atCall: 1 });

    expect(await invoke(["other"])).toEqual({ payload: '"done"' });
  });
});

describe("lost log lines", () => {
  test("are told to nobody: the put succeeds, and the lines of one group are not there", async () => {
    const groups = ["kept", "lost"];
    const logStreamName = "s";
    for (const logGroupName of groups) {
      await logs.send(new CreateLogGroupCommand({ logGroupName }));
      await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    }
    cloud.cloud.faults.set("logLoss", { group: "lost" });

    for (const logGroupName of groups) {
      const logEvents = [{ timestamp: Date.now(), message: "hello" }];
      await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    }

    const found = await Promise.all(
      groups.map((logGroupName) => logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }))),
    );
    expect(found.map(({ events = [] }) => events.length)).toEqual([1, 0]);
  });
});
