import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { PartRecord, UploadRecord } from "./records.ts";

export interface ListedUpload {
  readonly key: Buffer;
  readonly record: UploadRecord;
}

/** Multipart uploads in progress and their parts. Calls that change it belong into a transaction. */
export class UploadIndex {
  readonly #statements: Readonly<Record<keyof typeof SQL, StatementSync>>;

  constructor(database: DatabaseSync) {
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
    this.#statements = Object.fromEntries(prepared) as Record<keyof typeof SQL, StatementSync>;
  }

  find(bucket: string, key: string, uploadId: string): UploadRecord | undefined {
    const row = this.#statements.find.get(bucket, Buffer.from(key), uploadId);
    return row === undefined ? undefined : (JSON.parse(String(row["document"])) as UploadRecord);
  }

  add(bucket: string, key: string, upload: UploadRecord): void {
    this.#statements.add.run(bucket, Buffer.from(key), upload.uploadId, JSON.stringify(upload));
  }

  /** Forgets the upload and its parts, whose files stay for the caller to keep or discard. */
  remove(bucket: string, key: string, uploadId: string): void {
    this.#statements.removeParts.run(uploadId);
    this.#statements.remove.run(bucket, Buffer.from(key), uploadId);
  }

  /** A part of the same number is replaced. @returns the one that was there */
  putPart(uploadId: string, part: PartRecord): PartRecord | undefined {
    const before = partOf(this.#statements.part.get(uploadId, part.number));
    this.#statements.putPart.run(uploadId, part.number, JSON.stringify(part));
    return before;
  }

  /** Parts with a number above the given one, in order. */
  parts(uploadId: string, after = 0): PartRecord[] {
    return this.#statements.parts
      .all(uploadId, after)
      .map((row) => JSON.parse(String(row["document"])) as PartRecord);
  }

  /** Uploads of a bucket in key order, behind the given key, or behind the given upload of it. */
  *list(bucket: string, key: Buffer, afterUpload: string | undefined): Generator<ListedUpload> {
    const rows =
      afterUpload === undefined
        ? this.#statements.listAt.iterate(bucket, key)
        : this.#statements.listAfter.iterate(bucket, key, key, afterUpload);
    for (const row of rows) {
      yield {
        key: Buffer.from(row["key"] as Uint8Array),
        record: JSON.parse(String(row["document"])) as UploadRecord,
      };
    }
  }

  /** Whether the bucket has an upload in progress. */
  isEmpty(bucket: string): boolean {
    return this.#statements.any.get(bucket) === undefined;
  }

  /** Every data file that a part refers to. */
  *files(): Generator<string> {
    for (const row of this.#statements.allParts.iterate())
      yield (JSON.parse(String(row["document"])) as PartRecord).file;
  }
}

const SQL = {
  find: "SELECT document FROM uploads WHERE bucket = ? AND key = ? AND upload_id = ?",
  add: "INSERT INTO uploads VALUES (?, ?, ?, ?)",
  remove: "DELETE FROM uploads WHERE bucket = ? AND key = ? AND upload_id = ?",
  removeParts: "DELETE FROM parts WHERE upload_id = ?",
  part: "SELECT document FROM parts WHERE upload_id = ? AND number = ?",
  putPart:
    "INSERT INTO parts VALUES (?, ?, ?) ON CONFLICT (upload_id, number) DO UPDATE SET document = excluded.document",
  parts: "SELECT document FROM parts WHERE upload_id = ? AND number > ? ORDER BY number",
  listAt: "SELECT key, document FROM uploads WHERE bucket = ? AND key >= ? ORDER BY key, upload_id",
  listAfter:
    "SELECT key, document FROM uploads WHERE bucket = ? AND key >= ? AND (key > ? OR upload_id > ?) ORDER BY key, upload_id",
  any: "SELECT 1 FROM uploads WHERE bucket = ? LIMIT 1",
  allParts: "SELECT document FROM parts",
} as const;

function partOf(row: Record<string, unknown> | undefined): PartRecord | undefined {
  return row === undefined ? undefined : (JSON.parse(String(row["document"])) as PartRecord);
}
