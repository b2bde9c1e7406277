import { randomBytes } from "node:crypto";
import { inTransaction } from "./database.ts";
import { noSuchKey, preconditionFailed, unimplementedHeader } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { BucketRecord, ObjectVersion, VersionRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";

/** What a write answers with. */
export interface WrittenVersion {
  /** Absent where the bucket never had versioning. */
  readonly versionId?: string;
}

/** A version without what its entry into the index gives it. */
export type VersionContent = Omit<ObjectVersion, "versionId" | "modifiedAt" | "marker">;

export interface DeletedObject extends WrittenVersion {
  /** Whether a delete marker was made or removed. */
  readonly deleteMarker: boolean;
}

/**
 * Makes the object visible: its index entry, the removal of what it replaces, and its event are one transaction. The data
 * files are on disk before, and those of a replaced version go after.
 * @param also further index changes of the same transaction, e.g. forgetting a completed upload
 * @throws AwsError NoSuchBucket, PreconditionFailed, NoSuchKey (If-Match without an object)
 */
export function publishVersion(
  store: ObjectStore,
  request: S3Request,
  reason: string,
  content: VersionContent,
  also: () => void = () => undefined,
): WrittenVersion {
  const { written, replaced } = inTransaction(store.database, () => {
    const bucket = store.buckets.get(request.bucket);
    checkWriteConditions(store, request);
    const versionId = newVersionId(bucket);
    const replacedVersion =
      versionId === "null" ? store.versions.remove(bucket.name, request.key, versionId) : undefined;
    const now = store.context.clock.now();
    const version: ObjectVersion = { ...content, versionId, modifiedAt: now, marker: false };
    const sequence = store.versions.add(bucket.name, request.key, version, now);
    also();
    const { size, etag } = content;
    store.events.created({ bucket, key: request.key, size, etag, versionId, sequence }, reason, request);
    return { written: told(bucket, versionId), replaced: replacedVersion };
  });
  afterCommit(store, [replaced]);
  return written;
}

/** As `publishVersion`, for data files that nobody else knows: they go where the object does not become visible. */
export function publishNew(
  store: ObjectStore,
  request: S3Request,
  reason: string,
  content: VersionContent,
): WrittenVersion {
  try {
    return publishVersion(store, request, reason, content);
  } catch (error) {
    store.files.discard(content.segments.map(({ file }) => file));
    throw error;
  }
}

/**
 * Deletes as S3 does: a version for good where one is named, else by a delete marker where versioning is or was on.
 * What is not there is deleted with success.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeletingObjectVersions.html
 */
export function deleteObject(
  store: ObjectStore,
  request: S3Request,
  key: string,
  versionId?: string,
): DeletedObject {
  const removed: (VersionRecord | undefined)[] = [];
  const deleted = inTransaction(store.database, () => {
    const bucket = store.buckets.get(request.bucket);
    const now = store.context.clock.now();
    if (versionId === undefined && bucket.versioning !== undefined) {
      const markerId = newVersionId(bucket);
      if (markerId === "null") removed.push(store.versions.remove(bucket.name, key, markerId));
      const marker = { versionId: markerId, modifiedAt: now, marker: true } as const;
      const sequence = store.versions.add(bucket.name, key, marker, now);
      store.events.deleted({ bucket, key, versionId: markerId, sequence }, "Delete Marker Created", request);
      return { deleteMarker: true, versionId: markerId };
    }
    const gone = store.versions.remove(bucket.name, key, versionId ?? "null");
    removed.push(gone);
    if (gone !== undefined) {
      const sequence = store.versions.nextSequence(now);
      store.events.deleted(
        { bucket, key, versionId: gone.versionId, sequence },
        "Permanently Deleted",
        request,
      );
    }
    return { deleteMarker: gone?.marker === true, ...(versionId === undefined ? {} : { versionId }) };
  });
  afterCommit(store, removed);
  return deleted;
}

/**
 * If-None-Match: * and If-Match of a write. Checked once before the body is read, to spare it, and once in the
 * transaction, where it decides. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWriteConditions(store: ObjectStore, request: S3Request): void {
  const current = store.versions.latest(request.bucket, request.key);
  const object = current?.marker === false ? current : undefined;
  const unwanted = request.header("if-none-match");
  // A read may name an ETag here; a write may not.
  if (unwanted !== undefined && unwanted !== "*") throw unimplementedHeader("If-None-Match");
  if (unwanted !== undefined && object !== undefined) throw preconditionFailed("If-None-Match");
  const wanted = request.header("if-match");
  if (wanted === undefined) return;
  if (object === undefined) throw noSuchKey(request.key);
  if (wanted !== "*" && unquoted(wanted) !== object.etag) throw preconditionFailed("If-Match");
}

export function unquoted(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/, "$1");
}

function newVersionId(bucket: BucketRecord): string {
  return bucket.versioning === "Enabled"
    ? randomBytes(24).toString("base64url").replaceAll("-", ".")
    : "null";
}

function told(bucket: BucketRecord, versionId: string): WrittenVersion {
  return bucket.versioning === undefined ? {} : { versionId };
}

function afterCommit(store: ObjectStore, removed: readonly (VersionRecord | undefined)[]): void {
  for (const version of removed) {
    if (version?.marker === false) store.files.discard(version.segments.map(({ file }) => file));
  }
  store.events.deliver();
}
