import { PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { FailureClass } from "#core/classification/failure.ts";
import type { NoticeBoard } from "#core/notices/notice.ts";
import type { SaveResult } from "#core/ports/job-store.ts";
import type { NotedFailure, NoticeStore } from "#core/ports/notice-store.ts";
import { getItem, type ItemKey, putRevision, type Table, withoutKeys } from "./dynamodb-items.ts";

/** A partition takes 1,000 writes a second, and equal failures come in storms. */
const SHARDS = 4;
const DAY_SECONDS = 86_400;
/** Longer than a notice counts from one beginning (two weeks and a day's digest). */
const KEEP_DAYS = 30;
/** A page has some 7,000 failures; a mail that says "more than" says enough. */
const MAX_PAGES_A_SHARD = 3;

interface AfterQuery {
  readonly groupId: string;
  readonly after: string;
}

/** Boards under one key, failures under their group's, by the time at which they ended. */
export class DynamoDbNoticeStore implements NoticeStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async readBoard(pipeline: string, failureClass: FailureClass): Promise<NoticeBoard | undefined> {
    const item = await getItem(this.#table, boardKey({ pipeline, class: failureClass }));
    return item === undefined ? undefined : withoutKeys<NoticeBoard>(item);
  }

  async saveBoard(board: NoticeBoard): Promise<SaveResult<NoticeBoard>> {
    return putRevision(this.#table, boardKey(board), board, {});
  }

  async listBoards(): Promise<NoticeBoard[]> {
    const boards: NoticeBoard[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const output = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.tableName,
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": BOARDS },
          ConsistentRead: true,
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      boards.push(...(output.Items ?? []).map((item) => withoutKeys<NoticeBoard>(item)));
      from = output.LastEvaluatedKey;
    } while (from !== undefined);
    return boards;
  }

  async noteFailure(groupId: string, failure: NotedFailure): Promise<void> {
    const expiresAt = Math.ceil(Date.parse(failure.at) / 1000) + KEEP_DAYS * DAY_SECONDS;
    await this.#table.client.send(
      new PutCommand({
        TableName: this.#table.tableName,
        Item: { ...failureKey(groupId, failure), expiresAt },
      }),
    );
  }

  async knowsFailure(groupId: string, failure: NotedFailure): Promise<boolean> {
    return (await getItem(this.#table, failureKey(groupId, failure))) !== undefined;
  }

  async newestFailures({ limit, ...query }: AfterQuery & { limit: number }): Promise<NotedFailure[]> {
    const pages = await Promise.all(
      shards().map((shard) =>
        this.#table.client.send(
          new QueryCommand({ ...this.#afterQuery(query, shard), ScanIndexForward: false, Limit: limit }),
        ),
      ),
    );
    return pages
      .flatMap(({ Items = [] }) => Items.map((item) => readFailure(String(item["sk"]))))
      .sort((a, b) => (a.at < b.at ? 1 : -1))
      .slice(0, limit);
  }

  async countFailures(query: AfterQuery): Promise<{ count: number; isMore: boolean }> {
    const counts = await Promise.all(shards().map((shard) => this.#countShard(query, shard)));
    return {
      count: counts.reduce((sum, { count }) => sum + count, 0),
      isMore: counts.some(({ isMore }) => isMore),
    };
  }

  async #countShard(query: AfterQuery, shard: number): Promise<{ count: number; isMore: boolean }> {
    let count = 0;
    let from: Record<string, unknown> | undefined;
    for (let page = 0; page < MAX_PAGES_A_SHARD; page += 1) {
      const output = await this.#table.client.send(
        new QueryCommand({
          ...this.#afterQuery(query, shard),
          Select: "COUNT",
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        }),
      );
      count += output.Count ?? 0;
      from = output.LastEvaluatedKey;
      if (from === undefined) return { count, isMore: false };
    }
    return { count, isMore: true };
  }

  #afterQuery({ groupId, after }: AfterQuery, shard: number) {
    return {
      TableName: this.#table.tableName,
      KeyConditionExpression: "pk = :p AND sk > :after",
      // "~" sorts after "#": what ended at that very moment is not after it.
      ExpressionAttributeValues: { ":p": failuresPk(groupId, shard), ":after": `${after}~` },
    };
  }
}

const BOARDS = "NOTICES";

function boardKey(board: Pick<NoticeBoard, "pipeline" | "class">): ItemKey {
  return { pk: BOARDS, sk: `${board.pipeline}#${board.class}` };
}

function failureKey(groupId: string, { failureId, at }: NotedFailure): ItemKey {
  const shard = failureId.charCodeAt(failureId.length - 1) % SHARDS;
  return { pk: failuresPk(groupId, shard), sk: `${at}#${failureId}` };
}

function failuresPk(groupId: string, shard: number): string {
  return `NOTICE#${groupId}#${shard}`;
}

function readFailure(sortKey: string): NotedFailure {
  const hash = sortKey.indexOf("#");
  return { at: sortKey.slice(0, hash), failureId: sortKey.slice(hash + 1) };
}

function shards(): number[] {
  return Array.from({ length: SHARDS }, (_, shard) => shard);
}
