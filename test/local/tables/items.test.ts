import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { type CloudUnderTest, startWholeCloud } from "../support/whole-cloud.ts";

let test: CloudUnderTest;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  test = await startWholeCloud();
  dynamodb = new DynamoDBClient(test.client());
});

afterAll(async () => {
  dynamodb.destroy();
  await test.end();
});

async function aTable(name: string): Promise<string> {
  await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "due", AttributeType: "S" },
        { AttributeName: "at", AttributeType: "N" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "due",
          KeySchema: [
            { AttributeName: "due", KeyType: "HASH" },
            { AttributeName: "at", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    }),
  );
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.05 },
    { TableName: name },
  );
  return name;
}

const get = async (table: string, pk: string) =>
  (await dynamodb.send(new GetItemCommand({ TableName: table, Key: { pk: { S: pk } } }))).Item;

/**
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
 */
describe("a conditional write", () => {
  it("lets one of many at the same moment through and shows the others the item that stood in their way", async () => {
    const TableName = await aTable("claims");
    const claim = (owner: number) =>
      dynamodb.send(
        new PutItemCommand({
          TableName,
          Item: { pk: { S: "run" }, owner: { N: String(owner) } },
          ConditionExpression: "attribute_not_exists(pk)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );

    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, owner) => claim(owner)));

    const winner = await get(TableName, "run");
    const refused = outcomes
      .filter((outcome) => outcome.status === "rejected")
      .map((outcome) => outcome.reason as unknown);
    expect(refused).toHaveLength(19);
    expect(new Set(refused.map((error) => JSON.stringify((error as { Item: unknown }).Item)))).toEqual(
      new Set([JSON.stringify(winner)]),
    );
  });

  it("shows no item where it was not asked for, or where there is none", async () => {
    const TableName = await aTable("silent");
    await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: "there" } } }));
    const update = (pk: string, show: "ALL_OLD" | "NONE") =>
      dynamodb
        .send(
          new UpdateItemCommand({
            TableName,
            Key: { pk: { S: pk } },
            UpdateExpression: "SET a = :a",
            ConditionExpression: "a = :b",
            ExpressionAttributeValues: { ":a": { S: "1" }, ":b": { S: "2" } },
            ReturnValuesOnConditionCheckFailure: show,
          }),
        )
        .catch((error: unknown) => error);

    expect(await update("there", "NONE")).toMatchObject({
      name: "ConditionalCheckFailedException",
      Item: undefined,
    });
    expect(await update("absent", "ALL_OLD")).toMatchObject({
      name: "ConditionalCheckFailedException",
      Item: undefined,
    });
    expect(await update("there", "ALL_OLD")).toMatchObject({ Item: { pk: { S: "there" } } });
  });
});

/**
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
 */
describe("a table", () => {
  it("answers a query of a sparse index in order and counts what it cost", async () => {
    const TableName = await aTable("index");
    const items = [3, 1, 2].map((at) => ({
      pk: { S: `j${at}` },
      due: { S: "images#0" },
      at: { N: String(at) },
      big: { S: "x" },
    }));
    const puts = [...items, { pk: { S: "done" } }].map((Item) => ({ PutRequest: { Item } }));
    await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }));

    const answer = await dynamodb.send(
      new QueryCommand({
        TableName,
        IndexName: "due",
        KeyConditionExpression: "due = :due AND #at <= :at",
        ExpressionAttributeNames: { "#at": "at" },
        ExpressionAttributeValues: { ":due": { S: "images#0" }, ":at": { N: "2" } },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );

    expect(answer.Items).toEqual([
      { pk: { S: "j1" }, due: { S: "images#0" }, at: { N: "1" } },
      { pk: { S: "j2" }, due: { S: "images#0" }, at: { N: "2" } },
    ]);
    expect(answer.ConsumedCapacity?.CapacityUnits).toBe(0.5);
  });

  it("counts what a write costs in the table and in its index", async () => {
    const TableName = await aTable("cost");
    const cost = async (set: Record<string, { S: string } | { N: string }>) => {
      const names = Object.keys(set);
      const { ConsumedCapacity } = await dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: { pk: { S: "1" } },
          UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: Object.fromEntries(
            names.map((name) => [`:${name}`, set[name] ?? { S: "" }]),
          ),
          ReturnConsumedCapacity: "TOTAL",
        }),
      );
      return ConsumedCapacity?.CapacityUnits;
    };

    const notIndexed = await cost({ state: { S: "new" } });
    const entered = await cost({ due: { S: "images#0" }, at: { N: "1" } });
    const untouched = await cost({ state: { S: "other" } });
    const moved = await cost({ at: { N: "2" } });

    expect([notIndexed, entered, untouched, moved]).toEqual([1, 2, 1, 3]);
  });

  it("takes its ARN for its name", async () => {
    const TableName = await aTable("by-arn");
    await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: "1" } } }));

    expect(await get(`arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`, "1")).toEqual({
      pk: { S: "1" },
    });
  });

  it("keeps items and settings over a restart of the cloud", async () => {
    const TableName = await aTable("lasting");
    await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: "1" } } }));
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      }),
    );

    await test.restart();
    dynamodb.destroy();
    dynamodb = new DynamoDBClient(test.client());

    expect(await get(TableName, "1")).toEqual({ pk: { S: "1" } });
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ttl" });
  });

  it("describes its point-in-time recovery", async () => {
    const TableName = await aTable("recovery");

    const { ContinuousBackupsDescription } = await dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
      }),
    );

    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({
      PointInTimeRecoveryStatus: "ENABLED",
      RecoveryPeriodInDays: 7,
    });
  });

  it("refuses by name what the local cloud does not have", async () => {
    await expect(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toThrow(
      "TransactWriteItems",
    );
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html */
describe("time to live", () => {
  it("deletes what has expired, and nothing else", async () => {
    const TableName = await aTable("expiring");
    const epoch = (ms: number) => ({ N: String(Math.floor((Date.now() + ms) / 1000)) });
    const hour = 3_600_000;
    const items = {
      soon: { ttl: epoch(hour) },
      later: { ttl: epoch(48 * hour) },
      never: {},
      text: { ttl: { S: "1" } },
      ancient: { ttl: { N: "1000" } },
    };
    for (const [pk, rest] of Object.entries(items)) {
      await dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, ...rest } }));
    }
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      }),
    );

    await test.cloud.control("tables", "expire-now");
    const before = await get(TableName, "soon");
    test.cloud.advanceClock(2 * hour);
    await test.cloud.control("tables", "expire-now");

    const left = await Promise.all(
      Object.keys(items).map(async (pk) => [pk, (await get(TableName, pk)) !== undefined]),
    );
    expect(before).toBeDefined();
    expect(Object.fromEntries(left)).toEqual({
      soon: false,
      later: true,
      never: true,
      text: true,
      ancient: true,
    });
  });
});
