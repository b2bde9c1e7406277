import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import type { Script } from "../script.ts";

const TableName = "agreement";
const table: CreateTableCommandInput = {
  TableName,
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "N" },
    { AttributeName: "gpk", AttributeType: "S" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byGroup",
      KeySchema: [{ AttributeName: "gpk", KeyType: "HASH" }],
      Projection: { ProjectionType: "KEYS_ONLY" },
    },
  ],
};

const key = (sk: number) => ({ pk: { S: "p" }, sk: { N: String(sk) } });

export const dynamodbScript: Script = {
  service: "DynamoDB",
  steps(settings) {
    const db = new DynamoDBClient(settings);
    const put = (Item: Record<string, AttributeValue>, more: object = {}) =>
      db.send(new PutItemCommand({ TableName, Item, ...more })).then(({ Attributes }) => Attributes);
    const get = (sk: number) =>
      db.send(new GetItemCommand({ TableName, Key: key(sk), ConsistentRead: true })).then(({ Item }) => Item);
    const update = (sk: number, UpdateExpression: string, more: object = {}) =>
      db
        .send(
          new UpdateItemCommand({
            TableName,
            Key: key(sk),
            UpdateExpression,
            ReturnValues: "ALL_NEW",
            ...more,
          }),
        )
        .then(({ Attributes }) => Attributes);
    const query = (more: Partial<QueryCommandInput>) =>
      db
        .send(new QueryCommand({ TableName, ...more }))
        .then(({ Items, Count, ScannedCount, LastEvaluatedKey }) => ({
          Items,
          Count,
          ScannedCount,
          LastEvaluatedKey,
        }));
    const ofP = { KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": { S: "p" } } };
    return [
      ["describe no table", () => db.send(new DescribeTableCommand({ TableName }))],
      [
        "create",
        async () => {
          const { TableDescription } = await db.send(new CreateTableCommand(table));
          return {
            arn: TableDescription?.TableArn,
            keys: TableDescription?.KeySchema,
            status: TableDescription?.GlobalSecondaryIndexes?.length,
          };
        },
      ],
      [
        "is active within 10 s",
        async () => {
          for (let attempt = 0; attempt < 100; attempt += 1) {
            const { Table } = await db.send(new DescribeTableCommand({ TableName }));
            if (Table?.TableStatus === "ACTIVE") return Table.TableStatus;
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
          return "not active";
        },
      ],
      ["create it again", () => db.send(new CreateTableCommand(table))],
      [
        "a key attribute that is not defined",
        () =>
          db.send(
            new CreateTableCommand({
              ...table,
              TableName: "other",
              AttributeDefinitions: table.AttributeDefinitions?.slice(1),
            }),
          ),
      ],
      ["put", () => put({ ...key(1), a: { S: "x" }, gpk: { S: "g" }, set: { SS: ["b", "a"] } })],
      [
        "put returns the old",
        () => put({ ...key(1), a: { S: "y" }, gpk: { S: "g" } }, { ReturnValues: "ALL_OLD" }),
      ],
      ["get", () => get(1)],
      ["get what is not there", () => get(99)],
      ["a put without its key", () => put({ pk: { S: "p" } })],
      ["a key of another type", () => put({ pk: { S: "p" }, sk: { S: "1" } })],
      ["an empty key", () => put({ pk: { S: "" }, sk: { N: "1" } })],
      ["a condition that fails", () => put(key(1), { ConditionExpression: "attribute_not_exists(pk)" })],
      [
        "a condition that fails, with the old item",
        () =>
          db
            .send(
              new PutItemCommand({
                TableName,
                Item: key(1),
                ConditionExpression: "attribute_not_exists(pk)",
                ReturnValuesOnConditionCheckFailure: "ALL_OLD",
              }),
            )
            .catch((error: { name: string; Item?: unknown }) => ({ error: error.name, item: error.Item })),
      ],
      [
        "update",
        () =>
          update(1, "SET a = :a, n = if_not_exists(n, :zero) + :one REMOVE gone ADD visits :one", {
            ExpressionAttributeValues: { ":a": { S: "z" }, ":zero": { N: "0" }, ":one": { N: "1" } },
          }),
      ],
      [
        "update makes an item",
        () =>
          update(5, "SET #a = :a", {
            ExpressionAttributeNames: { "#a": "a" },
            ExpressionAttributeValues: { ":a": { L: [{ N: "1" }, { BOOL: true }, { NULL: true }] } },
          }),
      ],
      [
        "update of a key",
        () => update(1, "SET sk = :a", { ExpressionAttributeValues: { ":a": { N: "2" } } }),
      ],
      [
        "an expression that is wrong",
        () => update(1, "SET a :a", { ExpressionAttributeValues: { ":a": { S: "z" } } }),
      ],
      [
        "a value that is not used",
        () => update(1, "SET a = :a", { ExpressionAttributeValues: { ":a": { S: "z" }, ":b": { S: "z" } } }),
      ],
      [
        "a reserved word",
        () => update(1, "SET status = :a", { ExpressionAttributeValues: { ":a": { S: "z" } } }),
      ],
      [
        "a path that is not there",
        () => update(1, "SET deep.er = :a", { ExpressionAttributeValues: { ":a": { S: "z" } } }),
      ],
      ["query", () => query(ofP)],
      ["query backwards, one a page", () => query({ ...ofP, ScanIndexForward: false, Limit: 1 })],
      ["query with a filter", () => query({ ...ofP, FilterExpression: "attribute_exists(n)" })],
      [
        "query between",
        () =>
          query({
            KeyConditionExpression: "pk = :p AND sk BETWEEN :a AND :b",
            ExpressionAttributeValues: { ":p": { S: "p" }, ":a": { N: "2" }, ":b": { N: "9" } },
          }),
      ],
      [
        "query an index",
        () =>
          query({
            IndexName: "byGroup",
            KeyConditionExpression: "gpk = :g",
            ExpressionAttributeValues: { ":g": { S: "g" } },
          }),
      ],
      [
        "query without the key",
        () => query({ KeyConditionExpression: "sk = :p", ExpressionAttributeValues: { ":p": { N: "1" } } }),
      ],
      ["query an index that is none", () => query({ ...ofP, IndexName: "none" })],
      [
        "write a batch",
        async () =>
          (
            await db.send(
              new BatchWriteItemCommand({
                RequestItems: {
                  [TableName]: [{ PutRequest: { Item: key(7) } }, { DeleteRequest: { Key: key(5) } }],
                },
              }),
            )
          ).UnprocessedItems,
      ],
      [
        "get a batch",
        async () =>
          (
            await db.send(
              new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key(7), key(8)] } } }),
            )
          ).Responses,
      ],
      [
        "scan",
        async () =>
          (await db.send(new ScanCommand({ TableName, ProjectionExpression: "sk" }))).Items?.map(
            ({ sk }) => sk?.N,
          ).sort(),
      ],
      [
        "delete with a condition that fails",
        () =>
          db.send(
            new DeleteItemCommand({
              TableName,
              Key: key(1),
              ConditionExpression: "a = :a",
              ExpressionAttributeValues: { ":a": { S: "no" } },
            }),
          ),
      ],
      [
        "delete what is not there",
        () =>
          db
            .send(new DeleteItemCommand({ TableName, Key: key(42), ReturnValues: "ALL_OLD" }))
            .then(({ Attributes }) => Attributes),
      ],
      [
        "a time to live",
        async () => {
          await db.send(
            new UpdateTimeToLiveCommand({
              TableName,
              TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
            }),
          );
          return (await db.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
        },
      ],
      [
        "the same time to live again",
        () =>
          db.send(
            new UpdateTimeToLiveCommand({
              TableName,
              TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
            }),
          ),
      ],
      ["an empty set", () => put({ ...key(2), set: { SS: [] } })],
      ["a set with a value twice", () => put({ ...key(2), set: { SS: ["a", "a"] } })],
      ["a number of 39 digits", () => put({ ...key(2), n: { N: "1".repeat(39) } })],
      [
        "the same key twice in a batch",
        () =>
          db.send(
            new BatchWriteItemCommand({
              RequestItems: {
                [TableName]: [{ PutRequest: { Item: key(7) } }, { DeleteRequest: { Key: key(7) } }],
              },
            }),
          ),
      ],
      [
        "delete the table",
        async () => (await db.send(new DeleteTableCommand({ TableName }))).TableDescription?.TableStatus,
      ],
    ];
  },
};
