import type { DatabaseSync, StatementSync } from "node:sqlite";
import { noSuchBucket } from "./errors.ts";
import type { BucketRecord } from "./records.ts";

/** The buckets and their settings. */
export class BucketIndex {
  readonly #database: DatabaseSync;
  /** Every request asks for its bucket, some of them twice. */
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#find = database.prepare("SELECT document FROM buckets WHERE name = ?");
  }

  find(name: string): BucketRecord | undefined {
    const row = this.#find.get(name);
    return row === undefined ? undefined : (JSON.parse(String(row["document"])) as BucketRecord);
  }

  /** @throws AwsError NoSuchBucket */
  get(name: string): BucketRecord {
    const bucket = this.find(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  save(bucket: BucketRecord): void {
    this.#database
      .prepare(
        "INSERT INTO buckets VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET document = excluded.document",
      )
      .run(bucket.name, JSON.stringify(bucket));
  }

  delete(name: string): void {
    this.#database.prepare("DELETE FROM buckets WHERE name = ?").run(name);
  }

  list(): BucketRecord[] {
    const rows = this.#database.prepare("SELECT document FROM buckets ORDER BY name").all();
    return rows.map((row) => JSON.parse(String(row["document"])) as BucketRecord);
  }
}
