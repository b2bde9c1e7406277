import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { getItem, isExpired, type ItemKey, putRevision, type Table, withoutKeys } from "./dynamodb-items.ts";

/** Few enough to read all of them in every slice, enough that launches do not crowd one partition. */
const FLIGHT_PARTITIONS = 4;
const RETENTION_SECONDS = 90 * 86_400;

/** Runs by their id; flights under four fixed keys of the base table, read consistently. */
export class DynamoDbRunStore implements RunStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async createRun(run: Run): Promise<SaveResult<Run>> {
    return this.saveRun(run);
  }

  async saveRun(run: Run): Promise<SaveResult<Run>> {
    const expiresAt = Math.ceil(Date.parse(run.createdAt) / 1000) + RETENTION_SECONDS;
    return putRevision(this.#table, runKey(run.runId), run, { expiresAt });
  }

  async readRun(runId: string): Promise<Run | undefined> {
    const item = await getItem(this.#table, runKey(runId));
    return item === undefined || isExpired(item, new Date()) ? undefined : withoutKeys<Run>(item);
  }

  async addFlight(flight: Flight): Promise<void> {
    const { client, tableName } = this.#table;
    await client.send(
      new PutCommand({ TableName: tableName, Item: { ...flight, ...flightKey(flight.runId) } }),
    );
  }

  async markLaunched(runId: string): Promise<void> {
    const { client, tableName } = this.#table;
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { ...flightKey(runId) },
          UpdateExpression: "SET launched = :true",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":true": true },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async removeFlight(runId: string): Promise<void> {
    const { client, tableName } = this.#table;
    await client.send(new DeleteCommand({ TableName: tableName, Key: { ...flightKey(runId) } }));
  }

  async listFlights(): Promise<Flight[]> {
    const partitions = await Promise.all(
      Array.from({ length: FLIGHT_PARTITIONS }, (_, partition) => this.#listPartition(partition)),
    );
    return partitions.flat();
  }

  async #listPartition(partition: number): Promise<Flight[]> {
    const { client, tableName } = this.#table;
    const flights: Flight[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const output = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": `FLIGHT#${partition}` },
          ConsistentRead: true,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      flights.push(...(output.Items ?? []).map((item) => withoutKeys<Flight>(item)));
      from = output.LastEvaluatedKey;
    } while (from !== undefined);
    return flights;
  }
}

function runKey(runId: string): ItemKey {
  return { pk: `RUN#${runId}`, sk: "RUN" };
}

function flightKey(runId: string): ItemKey {
  const last = runId.charCodeAt(runId.length - 1);
  return { pk: `FLIGHT#${last % FLIGHT_PARTITIONS}`, sk: runId };
}
