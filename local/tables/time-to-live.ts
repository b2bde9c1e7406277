import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { Dynalite } from "./dynalite.ts";
import type { SettingsStore } from "./table-settings.ts";

type Item = Readonly<Record<string, unknown>>;

/** DynamoDB itself takes up to days; on a laptop somebody waits for it. */
const SWEEP_EVERY_MS = 60_000;
const FIVE_YEARS_S = 5 * 365 * 24 * 60 * 60;

/**
 * Deletes items whose time is over: the attribute is a Number, an epoch in seconds, past, and not older than five years.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
 */
export class TimeToLive {
  readonly #context: CloudContext;
  readonly #dynalite: Dynalite;
  readonly #settings: SettingsStore;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<number> = Promise.resolve(0);

  constructor(context: CloudContext, dynalite: Dynalite, settings: SettingsStore) {
    this.#context = context;
    this.#dynalite = dynalite;
    this.#settings = settings;
  }

  start(): void {
    this.#timer = setInterval(() => this.sweepSoon(), SWEEP_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running.catch(() => undefined);
  }

  sweepSoon(): void {
    this.sweep().catch((error: unknown) => this.#context.report(`expiring items: ${String(error)}`));
  }

  /** Deletes what has expired by now, in all tables, after the sweep that may be under way. Resolves to the number of items. */
  sweep(): Promise<number> {
    this.#running = this.#running.catch(() => 0).then(() => this.#sweepAll());
    return this.#running;
  }

  async #sweepAll(): Promise<number> {
    let expired = 0;
    for (const table of this.#settings.names()) {
      const attribute = this.#settings.of(table).timeToLive?.AttributeName;
      if (attribute !== undefined) expired += await this.#sweepTable(table, attribute);
    }
    return expired;
  }

  async #sweepTable(table: string, attribute: string): Promise<number> {
    const { Table } = await this.#dynalite.call("DescribeTable", { TableName: table });
    const keys = (Table as { KeySchema: { AttributeName: string }[] }).KeySchema.map(
      (key) => key.AttributeName,
    );
    const now = Math.floor(this.#context.clock.now() / 1000);
    let expired = 0;
    let from: unknown;
    do {
      const page = await this.#dynalite.call("Scan", {
        TableName: table,
        FilterExpression: "#ttl BETWEEN :least AND :now",
        ExpressionAttributeNames: { "#ttl": attribute },
        ExpressionAttributeValues: {
          ":least": { N: String(now - FIVE_YEARS_S) },
          ":now": { N: String(now) },
        },
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      });
      for (const item of page["Items"] as Item[])
        if (await this.#expire(table, keys, attribute, item)) expired += 1;
      from = page["LastEvaluatedKey"];
    } while (from !== undefined);
    return expired;
  }

  /** Somebody may have given the item more time since it was read. */
  async #expire(table: string, keys: readonly string[], attribute: string, item: Item): Promise<boolean> {
    try {
      await this.#dynalite.call("DeleteItem", {
        TableName: table,
        Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
        ConditionExpression: "#ttl = :seen",
        ExpressionAttributeNames: { "#ttl": attribute },
        ExpressionAttributeValues: { ":seen": item[attribute] },
      });
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.code === "ConditionalCheckFailedException") return false;
      throw error;
    }
  }
}
