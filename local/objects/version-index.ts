import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ObjectVersion, VersionRecord } from "./records.ts";

export interface ListedVersion {
  readonly key: Buffer;
  readonly rank: number;
  readonly latest: boolean;
  readonly record: VersionRecord;
}

/** Where a listing goes on: at this key (or, exclusively, behind it). */
export interface ListPosition {
  readonly key: Buffer;
  readonly inclusive: boolean;
}

/** All versions of all objects, in the order in which S3 lists them. Calls that change it belong into a transaction. */
export class VersionIndex {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;
  #lastRank: number;

  constructor(database: DatabaseSync) {
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof SQL, StatementSync>;
    this.#lastRank = -Number(this.#statements.newestRank.get()?.["rank"] ?? 0);
  }

  /** The newest version or delete marker of a key. */
  latest(bucket: string, key: string): VersionRecord | undefined {
    return recordOf(this.#statements.latest.get(bucket, Buffer.from(key)));
  }

  version(bucket: string, key: string, versionId: string): VersionRecord | undefined {
    return recordOf(this.#statements.version.get(bucket, Buffer.from(key), versionId));
  }

  /** Adds the newest version of a key. @returns its sequence number, which only rises */
  add(bucket: string, key: string, record: VersionRecord, now: number): number {
    const sequence = this.nextSequence(now);
    const bytes = Buffer.from(key);
    this.#statements.dethrone.run(bucket, bytes);
    this.#statements.insert.run(
      bucket,
      bytes,
      -sequence,
      record.versionId,
      record.marker ? 1 : 0,
      JSON.stringify(record),
    );
    return sequence;
  }

  /** Takes a version away; the one before it becomes the newest. @returns what was removed, if it was there */
  remove(bucket: string, key: string, versionId: string): VersionRecord | undefined {
    const bytes = Buffer.from(key);
    const removed = recordOf(this.#statements.remove.get(bucket, bytes, versionId));
    if (removed !== undefined) this.#statements.crown.run(bucket, bytes, bucket, bytes);
    return removed;
  }

  /** Replaces what is known of a version in place, e.g. its tags. */
  update(bucket: string, key: string, record: VersionRecord): void {
    this.#statements.update.run(JSON.stringify(record), bucket, Buffer.from(key), record.versionId);
  }

  /** Whether the bucket holds any version or delete marker. */
  isEmpty(bucket: string): boolean {
    return this.#statements.any.get(bucket) === undefined;
  }

  /** Current objects in key order from a position on; reads as it goes, so the caller must not wait in between. */
  *objects(bucket: string, from: ListPosition): Generator<{ key: Buffer; record: ObjectVersion }> {
    const statement = from.inclusive ? this.#statements.objectsAt : this.#statements.objectsAfter;
    for (const row of statement.iterate(bucket, from.key)) {
      yield {
        key: Buffer.from(row["key"] as Uint8Array),
        record: JSON.parse(String(row["document"])) as ObjectVersion,
      };
    }
  }

  /** All versions in key order, newest first within a key, behind the given rank of the given key; as objects() does. */
  *versions(bucket: string, key: Buffer, afterRank: number): Generator<ListedVersion> {
    for (const row of this.#statements.versions.iterate(bucket, key, key, afterRank)) {
      yield {
        key: Buffer.from(row["key"] as Uint8Array),
        rank: Number(row["rank"]),
        latest: row["latest"] === 1,
        record: JSON.parse(String(row["document"])) as VersionRecord,
      };
    }
  }

  /** The place of a version among those of its key, for paging. */
  rankOf(bucket: string, key: Buffer, versionId: string): number | undefined {
    const row = this.#statements.rank.get(bucket, key, versionId);
    return row === undefined ? undefined : Number(row["rank"]);
  }

  /** Every data file that a version refers to. */
  *files(): Generator<string> {
    for (const row of this.#statements.all.iterate()) {
      const record = JSON.parse(String(row["document"])) as VersionRecord;
      if (!record.marker) for (const segment of record.segments) yield segment.file;
    }
  }

  /** A number that is higher than all before it, also across restarts and clock changes. */
  nextSequence(now: number): number {
    this.#lastRank = Math.max(this.#lastRank + 1, now * 1024);
    return this.#lastRank;
  }
}

const SQL = {
  newestRank: "SELECT min(rank) AS rank FROM versions",
  latest: "SELECT document FROM versions WHERE bucket = ? AND key = ? ORDER BY rank LIMIT 1",
  version: "SELECT document FROM versions WHERE bucket = ? AND key = ? AND version_id = ?",
  dethrone: "UPDATE versions SET latest = 0 WHERE bucket = ? AND key = ? AND latest = 1",
  insert:
    "INSERT INTO versions (bucket, key, rank, version_id, latest, marker, document) VALUES (?, ?, ?, ?, 1, ?, ?)",
  remove: "DELETE FROM versions WHERE bucket = ? AND key = ? AND version_id = ? RETURNING document",
  crown:
    "UPDATE versions SET latest = 1 WHERE bucket = ? AND key = ? AND latest = 0 AND rank = (SELECT min(rank) FROM versions WHERE bucket = ? AND key = ?)",
  update: "UPDATE versions SET document = ? WHERE bucket = ? AND key = ? AND version_id = ?",
  any: "SELECT 1 FROM versions WHERE bucket = ? LIMIT 1",
  objectsAt:
    "SELECT key, document FROM versions WHERE bucket = ? AND key >= ? AND latest = 1 AND marker = 0 ORDER BY key",
  objectsAfter:
    "SELECT key, document FROM versions WHERE bucket = ? AND key > ? AND latest = 1 AND marker = 0 ORDER BY key",
  versions:
    "SELECT key, rank, latest, document FROM versions WHERE bucket = ? AND key >= ? AND (key > ? OR rank > ?) ORDER BY key, rank",
  rank: "SELECT rank FROM versions WHERE bucket = ? AND key = ? AND version_id = ?",
  all: "SELECT document FROM versions",
} as const;

function recordOf(row: Record<string, unknown> | undefined): VersionRecord | undefined {
  return row === undefined ? undefined : (JSON.parse(String(row["document"])) as VersionRecord);
}
