import { readFileSync } from "node:fs";
import path from "node:path";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { parse } from "yaml";

const STORAGE = path.resolve(import.meta.dirname, "../../../infrastructure/storage.yml");

/** Makes the table of the template, with its keys and indexes, and waits until it can be used. */
export async function createJobsTable(dynamoDb: DynamoDBClient, TableName: string): Promise<void> {
  await dynamoDb.send(new CreateTableCommand({ TableName, ...jobsTable() }));
  await waitUntilTableExists(
    { client: dynamoDb, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 },
    { TableName },
  );
}

/** What the template says of the table, as far as CreateTable takes it. */
function jobsTable(): Omit<CreateTableCommandInput, "TableName"> {
  const storage = parse(readFileSync(STORAGE, "utf8"), { logLevel: "silent" }) as {
    Resources: { JobsTable: { Properties: Record<string, unknown> } };
  };
  const { BillingMode, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } =
    storage.Resources.JobsTable.Properties;
  return { BillingMode, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes } as Omit<
    CreateTableCommandInput,
    "TableName"
  >;
}
