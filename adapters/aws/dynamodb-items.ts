import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { randomUUID } from "node:crypto";
import type { SaveResult } from "#core/ports/job-store.ts";

export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

const BATCH_GET_LIMIT = 100;

interface Revised {
  readonly revision: number;
}

/**
 * Writes a whole item on condition: revision 1 where nothing is there yet, any other where its predecessor is. The SDK repeats a
 * write whose answer was lost; `writeId` tells that repetition (ours, so saved) from another writer.
 */
export async function putRevision<T extends Revised>(
  table: Table,
  key: ItemKey,
  item: T,
  attributes: Readonly<Record<string, unknown>>,
): Promise<SaveResult<T>> {
  const writeId = randomUUID();
  const isNew = item.revision === 1;
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...item, ...attributes, ...key, writeId },
        ConditionExpression: isNew ? "attribute_not_exists(pk)" : "revision = :previous",
        ...(isNew ? {} : { ExpressionAttributeValues: { ":previous": item.revision - 1 } }),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return { saved: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const standing = error.Item === undefined ? await getItem(table, key) : unmarshall(error.Item);
    if (standing === undefined) return { saved: false, current: undefined };
    return standing["writeId"] === writeId
      ? { saved: true }
      : { saved: false, current: withoutKeys<T>(standing) };
  }
}

/** Consistent read. */
export async function getItem(table: Table, key: ItemKey): Promise<Record<string, unknown> | undefined> {
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.tableName, Key: { ...key }, ConsistentRead: true }),
  );
  return Item;
}

/** Consistent reads, a hundred keys a call; what is not there is left out. @throws after 8 calls that DynamoDB left without an answer for some */
export async function getItems(
  table: Table,
  keys: readonly ItemKey[],
): Promise<Readonly<Record<string, unknown>>[]> {
  const items: Readonly<Record<string, unknown>>[] = [];
  for (let start = 0; start < keys.length; start += BATCH_GET_LIMIT) {
    items.push(...(await getBatch(table, keys.slice(start, start + BATCH_GET_LIMIT))));
  }
  return items;
}

async function getBatch(
  { client, tableName }: Table,
  wanted: readonly ItemKey[],
): Promise<Readonly<Record<string, unknown>>[]> {
  const items: Readonly<Record<string, unknown>>[] = [];
  let keys: Record<string, unknown>[] = wanted.map((key) => ({ ...key }));
  for (let attempt = 0; keys.length > 0; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(2000, 50 * 2 ** attempt)));
    if (attempt === 8)
      throw new Error(`DynamoDB left ${keys.length} keys unread after 8 tries; it is throttling.`);
    const output = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
    );
    items.push(...(output.Responses?.[tableName] ?? []));
    keys = output.UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}

const STORAGE_ATTRIBUTES: ReadonlySet<string> = new Set([
  "pk",
  "sk",
  "writeId",
  "duePk",
  "dueSk",
  "recentPk",
  "recentSk",
  "sizeBytes",
  "needs",
  "expiresAt",
]);

/** The domain's object without what only the table needs. */
export function withoutKeys<T>(item: Readonly<Record<string, unknown>>): T {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !STORAGE_ATTRIBUTES.has(name))) as T;
}

/** DynamoDB deletes expired items late, so readers leave them out. */
export function isExpired(item: Readonly<Record<string, unknown>>, now: Date): boolean {
  return typeof item["expiresAt"] === "number" && item["expiresAt"] * 1000 < now.getTime();
}
