import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { CloudContext } from "../context/cloud-context.ts";
import { BucketIndex } from "./bucket-index.ts";
import { DataFiles } from "./data-files.ts";
import { openDatabase } from "./database.ts";
import { ObjectEvents } from "./object-events.ts";
import { UploadIndex } from "./upload-index.ts";
import { VersionIndex } from "./version-index.ts";

/** Everything that the operations work on. */
export interface ObjectStore {
  readonly context: CloudContext;
  readonly database: DatabaseSync;
  readonly buckets: BucketIndex;
  readonly versions: VersionIndex;
  readonly uploads: UploadIndex;
  readonly files: DataFiles;
  readonly events: ObjectEvents;
}

/** Opens the store under the cloud's data folder; what a crash left half written is swept away. */
export function openObjectStore(context: CloudContext): ObjectStore {
  const folder = join(context.dataDir, "objects");
  const database = openDatabase(folder);
  const store: ObjectStore = {
    context,
    database,
    buckets: new BucketIndex(database),
    versions: new VersionIndex(database),
    uploads: new UploadIndex(database),
    files: new DataFiles(join(folder, "data")),
    events: new ObjectEvents(database, context),
  };
  store.files.sweep(new Set([...store.versions.files(), ...store.uploads.files()]));
  return store;
}
