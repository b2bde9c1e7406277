import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand, type UpdateCommandInput } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { MAIL_OVERDUE_MS, type NoticeStore } from "#core/ports/notice-store.ts";
import type { ItemKey, Table } from "./dynamodb-items.ts";

const KEEP_SECONDS = 14 * 86_400;
/** Each write is paid by the size of the item; beyond this a failure that is told twice counts twice. */
const MOST_REMEMBERED = 200;

type Failure = Parameters<NoticeStore["count"]>[0];

interface GroupItem {
  readonly openedBy: string;
  readonly openedAt: string;
  readonly count: number;
  /** Ids of the failures that were counted. */
  readonly failures: ReadonlySet<string>;
  readonly mailedAt?: string;
}

/** A group is one item: who opened it, how many came, whether its mail has gone. Writes only: a refused one tells what is there. */
export class DynamoDbNoticeStore implements NoticeStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async count(failure: Failure): ReturnType<NoticeStore["count"]> {
    const { failureId } = failure;
    const standing = await this.#open(failure);
    if (standing === undefined) return { isNew: true, count: 1 };
    const count = await this.#add(failure, standing);
    if (standing.mailedAt !== undefined) return { isNew: false, count };
    return { isNew: standing.openedBy === failureId || (await this.#takeOver(failure, standing)), count };
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

  /** @returns the group that was there before; undefined where this call made it */
  async #open(failure: Failure): Promise<GroupItem | undefined> {
    const group = {
      openedBy: failure.failureId,
      openedAt: failure.at,
      count: 1,
      failures: new Set([failure.failureId]),
      expiresAt: Math.ceil(Date.parse(failure.windowStart) / 1000) + KEEP_SECONDS,
    };
    try {
      await this.#table.client.send(
        new PutCommand({
          TableName: this.#table.tableName,
          Item: { ...group, ...keyOf(failure) },
          ConditionExpression: "attribute_not_exists(pk)",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return undefined;
    } catch (error) {
      return standingIn(error);
    }
  }

  async #add(failure: Failure, { failures }: GroupItem): Promise<number> {
    const remembers = failures.size < MOST_REMEMBERED;
    const changed = await this.#update(failure, {
      UpdateExpression: `ADD #count :one${remembers ? ", failures :ids" : ""}`,
      ConditionExpression: "NOT contains(failures, :id)",
      ExpressionAttributeNames: { "#count": "count" },
      ExpressionAttributeValues: {
        ":one": 1,
        ":id": failure.failureId,
        ...(remembers ? { ":ids": new Set([failure.failureId]) } : {}),
      },
    });
    return changed.count;
  }

  /** Its opener did not mail in time: of those who see that, one mails instead. */
  async #takeOver(failure: Failure, standing: GroupItem): Promise<boolean> {
    if (Date.parse(failure.at) - Date.parse(standing.openedAt) <= MAIL_OVERDUE_MS) return false;
    const changed = await this.#update(failure, {
      UpdateExpression: "SET openedBy = :me, openedAt = :at",
      ConditionExpression: "attribute_not_exists(mailedAt) AND openedBy = :standing",
      ExpressionAttributeValues: {
        ":me": failure.failureId,
        ":at": failure.at,
        ":standing": standing.openedBy,
      },
    });
    return changed.openedBy === failure.failureId && changed.mailedAt === undefined;
  }

  /** @returns the group as it stands afterwards, whether or not the condition held */
  async #update(failure: Failure, change: Partial<UpdateCommandInput>): Promise<GroupItem> {
    try {
      const { Attributes } = await this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.tableName,
          Key: { ...keyOf(failure) },
          ReturnValues: "ALL_NEW",
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          ...change,
        }),
      );
      return Attributes as unknown as GroupItem;
    } catch (error) {
      return standingIn(error);
    }
  }
}

/** @throws what is no failed condition */
function standingIn(error: unknown): GroupItem {
  if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
  return unmarshall(error.Item) as GroupItem;
}

function keyOf({ groupId, windowStart }: { groupId: string; windowStart: string }): ItemKey {
  return { pk: `NOTICE#${groupId}`, sk: windowStart };
}
