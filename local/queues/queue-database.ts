import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { QueuedMessage } from "./message.ts";

/** What a queue is, without its messages. */
export interface QueueRecord {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly modifiedAt: number;
}

export interface Deduplication {
  readonly id: string;
  readonly messageId: string;
  readonly sequenceNumber?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  CREATE TABLE IF NOT EXISTS queues (name TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS messages (
    queue TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (queue, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS deduplications (
    queue TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (queue, id)
  ) WITHOUT ROWID;
`;

/**
 * Queues and their messages on disk, so that both outlive a `kill -9` of the cloud (not a loss of power: synchronous is
 * off). Only what changes is written; reading happens once, at the start.
 */
export class QueueDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(dataDir: string) {
    const folder = join(dataDir, "queues");
    mkdirSync(folder, { recursive: true });
    this.#database = new DatabaseSync(join(folder, "queues.sqlite"));
    this.#database.exec(SCHEMA);
  }

  queues(): QueueRecord[] {
    return this.#documents("SELECT document FROM queues ORDER BY name");
  }

  messages(queue: string): QueuedMessage[] {
    return this.#documents("SELECT document FROM messages WHERE queue = ? ORDER BY position", queue);
  }

  deduplications(queue: string): Deduplication[] {
    return this.#documents("SELECT document FROM deduplications WHERE queue = ?", queue);
  }

  saveQueue(record: QueueRecord): void {
    this.#run("INSERT OR REPLACE INTO queues VALUES (?, ?)", record.name, JSON.stringify(record));
  }

  removeQueue(name: string): void {
    this.#run("DELETE FROM queues WHERE name = ?", name);
    this.#run("DELETE FROM deduplications WHERE queue = ?", name);
    this.removeMessages(name);
  }

  saveMessage(queue: string, message: QueuedMessage): void {
    const document = JSON.stringify(message);
    this.#run(
      "INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?)",
      queue,
      message.messageId,
      message.position,
      document,
    );
  }

  removeMessage(queue: string, id: string): void {
    this.#run("DELETE FROM messages WHERE queue = ? AND id = ?", queue, id);
  }

  removeMessages(queue: string): void {
    this.#run("DELETE FROM messages WHERE queue = ?", queue);
  }

  saveDeduplication(queue: string, entry: Deduplication): void {
    this.#run(
      "INSERT OR REPLACE INTO deduplications VALUES (?, ?, ?)",
      queue,
      entry.id,
      JSON.stringify(entry),
    );
  }

  removeDeduplication(queue: string, id: string): void {
    this.#run("DELETE FROM deduplications WHERE queue = ? AND id = ?", queue, id);
  }

  close(): void {
    this.#database.close();
  }

  #documents<T>(sql: string, ...values: string[]): T[] {
    return this.#prepared(sql)
      .all(...values)
      .map((row) => JSON.parse(String(row["document"])) as T);
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#prepared(sql).run(...values);
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, known);
    return known;
  }
}
