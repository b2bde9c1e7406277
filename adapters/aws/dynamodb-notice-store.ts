import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { NoticeStore } from "#core/ports/notice-store.ts";
import { getItem, type ItemKey, type Table } from "./dynamodb-items.ts";

const KEEP_SECONDS = 14 * 86_400;

/** A group is one item: who opened it, how many came, whether its mail has gone. */
export class DynamoDbNoticeStore implements NoticeStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async count(failure: Parameters<NoticeStore["count"]>[0]): ReturnType<NoticeStore["count"]> {
    const { client, tableName } = this.#table;
    const key = keyOf(failure);
    const expiresAt = Math.ceil(Date.parse(failure.windowStart) / 1000) + KEEP_SECONDS;
    try {
      const item = { ...key, openedBy: failure.failureId, firstAt: failure.at, count: 1, expiresAt };
      await client.send(
        new PutCommand({ TableName: tableName, Item: item, ConditionExpression: "attribute_not_exists(pk)" }),
      );
      return { isNew: true, count: 1 };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
    const standing = await getItem(this.#table, key);
    if (standing?.["openedBy"] === failure.failureId) {
      return { isNew: standing["mailedAt"] === undefined, count: Number(standing["count"]) };
    }
    return { isNew: false, count: await this.#add(key, failure.failureId) };
  }

  async markMailed(group: Parameters<NoticeStore["markMailed"]>[0]): Promise<void> {
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.tableName,
        Key: { ...keyOf(group) },
        UpdateExpression: "SET mailedAt = :at",
        ExpressionAttributeValues: { ":at": group.at },
      }),
    );
  }

  /** Counts each failure once: its id is remembered in a set, as far as one item can hold it. */
  async #add(key: ItemKey, failureId: string): Promise<number> {
    try {
      const { Attributes } = await this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.tableName,
          Key: { ...key },
          UpdateExpression: "ADD #count :one, failures :ids",
          ConditionExpression: "NOT contains(failures, :id)",
          ExpressionAttributeNames: { "#count": "count" },
          ExpressionAttributeValues: { ":one": 1, ":ids": new Set([failureId]), ":id": failureId },
          ReturnValues: "ALL_NEW",
        }),
      );
      return Number(Attributes?.["count"]);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return Number((await getItem(this.#table, key))?.["count"]);
    }
  }
}

function keyOf({ groupId, windowStart }: { groupId: string; windowStart: string }): ItemKey {
  return { pk: `NOTICE#${groupId}`, sk: windowStart };
}
