import {
  accessDenied,
  ErrorWithHeaders,
  invalidArgument,
  methodNotAllowed,
  noSuchKey,
  noSuchVersion,
} from "./errors.ts";
import { mayList } from "./access.ts";
import type { ObjectStore } from "./object-store.ts";
import type { ObjectVersion, VersionRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";

/**
 * The object or the named version of it.
 * @throws AwsError NoSuchKey, NoSuchVersion, MethodNotAllowed (a delete marker by its id); AccessDenied where a missing
 * object is asked for by somebody who may not list: he is not told that it is missing
 */
export function findVersion(
  store: ObjectStore,
  request: S3Request,
  versionId: string | undefined,
): ObjectVersion {
  const record = lookUp(store, request, versionId);
  if (record?.marker === false) return record;
  if (!mayList(store, request)) throw accessDenied();
  if (record === undefined) {
    throw versionId === undefined ? noSuchKey(request.key) : noSuchVersion(request.key, versionId);
  }
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": record.versionId };
  if (versionId === undefined) throw new ErrorWithHeaders(noSuchKey(request.key), headers);
  throw new ErrorWithHeaders(methodNotAllowed(request.gateway.method, "DeleteMarker"), {
    ...headers,
    allow: "DELETE",
    "last-modified": new Date(record.modifiedAt).toUTCString(),
  });
}

/** The id in ?versionId=, checked for its form. @throws AwsError InvalidArgument */
export function versionIdOf(request: S3Request): string | undefined {
  const versionId = request.query.get("versionId");
  if (versionId === null) return undefined;
  return checkVersionId(versionId);
}

export function checkVersionId(versionId: string): string {
  if (versionId === "") {
    throw invalidArgument("Version id cannot be the empty string", "versionId", versionId);
  }
  if (versionId !== "null" && !/^[\w.]{32}$/.test(versionId)) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
  }
  return versionId;
}

function lookUp(
  store: ObjectStore,
  request: S3Request,
  versionId: string | undefined,
): VersionRecord | undefined {
  return versionId === undefined
    ? store.versions.latest(request.bucket, request.key)
    : store.versions.version(request.bucket, request.key, versionId);
}
