import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * The index of the store. Keys are blobs, so that they sort by their UTF-8 bytes, as S3 lists them, and may hold any
 * character. `rank` falls with time: the newest version of a key comes first, as ListObjectVersions wants it.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY, document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS versions (
    bucket TEXT NOT NULL, key BLOB NOT NULL, rank INTEGER NOT NULL, version_id TEXT NOT NULL,
    latest INTEGER NOT NULL, marker INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (bucket, key, rank)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS version_ids ON versions (bucket, key, version_id);
  CREATE UNIQUE INDEX IF NOT EXISTS current_objects ON versions (bucket, key) WHERE latest = 1 AND marker = 0;
  CREATE TABLE IF NOT EXISTS uploads (
    bucket TEXT NOT NULL, key BLOB NOT NULL, upload_id TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (bucket, key, upload_id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parts (
    upload_id TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (upload_id, number)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL);
`;

/**
 * Opens the index under the folder. The write-ahead log makes each transaction whole or absent after a `kill -9`;
 * it is not flushed to the platter on each commit, so a power cut may lose the last moments, as on any laptop disk.
 */
export function openDatabase(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, "index.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;");
  // Each checkpoint waits for the disk: one for every 16 MB of log, where it would be one for every 4.
  database.exec("PRAGMA wal_autocheckpoint = 4000");
  database.exec(SCHEMA);
  return database;
}

/** Runs the change as one transaction: all of it is on disk, or nothing. */
export function inTransaction<T>(database: DatabaseSync, change: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = change();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
