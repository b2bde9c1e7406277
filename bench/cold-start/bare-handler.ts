import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";

const client = new DynamoDBClient();

/** A function as one writes it without a stack: one client, one read, no middleware, logger, metrics or schema. */
export const handler = async (): Promise<void> => {
  await client.send(
    new GetItemCommand({
      TableName: process.env["SLIPWAY_JOBS_TABLE"],
      Key: { pk: { S: "JOB#none" }, sk: { S: "JOB" } },
    }),
  );
};
