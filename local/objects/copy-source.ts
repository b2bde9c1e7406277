import { AwsError } from "../gateway/aws-error.ts";
import { allowOn } from "./access.ts";
import { invalidArgument, preconditionFailed } from "./errors.ts";
import { checkVersionId, findVersion } from "./find-version.ts";
import type { ObjectStore } from "./object-store.ts";
import { readOutcome } from "./read-conditions.ts";
import type { BucketRecord, ObjectVersion } from "./records.ts";
import type { S3Request } from "./s3-request.ts";

export interface CopySource {
  readonly bucket: BucketRecord;
  readonly key: string;
  /** Where the request names a version. */
  readonly versionId?: string;
  readonly version: ObjectVersion;
}

/**
 * The object that x-amz-copy-source names, if the caller may read it and the x-amz-copy-source-if-* conditions hold.
 * @throws AwsError AccessDenied, InvalidArgument, NoSuchBucket, NoSuchKey, NoSuchVersion, PreconditionFailed
 */
export function findCopySource(store: ObjectStore, request: S3Request): CopySource {
  const { bucketName, key, versionId } = parseSource(request.header("x-amz-copy-source") ?? "");
  const bucket = store.buckets.get(bucketName);
  const action = versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
  allowOn(store, request, action, `arn:aws:s3:::${bucketName}/${key}`);
  const version = findVersion(store, { ...request, bucket: bucketName, key }, versionId);
  if (["GLACIER", "DEEP_ARCHIVE"].includes(version.storageClass)) {
    throw new AwsError(
      "InvalidObjectState",
      "The operation is not valid for the object's storage class",
      403,
    );
  }
  const outcome = readOutcome(version, (name) => request.header(`x-amz-copy-source-${name}`));
  if (outcome === "not-modified") throw preconditionFailed("x-amz-copy-source-If-None-Match");
  return { bucket, key, version, ...(versionId === undefined ? {} : { versionId }) };
}

export function sourceVersionHeader({ bucket, version }: CopySource): Record<string, string> {
  return bucket.versioning === undefined ? {} : { "x-amz-copy-source-version-id": version.versionId };
}

/** `bucket/key?versionId=...`, percent-encoded, with or without a slash in front. */
function parseSource(header: string): { bucketName: string; key: string; versionId?: string } {
  const [path = "", versionId] = header.split("?versionId=", 2);
  const slash = path.indexOf("/", 1);
  const bucketName = path.slice(path.startsWith("/") ? 1 : 0, slash);
  const key = slash < 0 ? "" : decoded(path.slice(slash + 1), header);
  if (bucketName === "" || key === "") {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      header,
    );
  }
  return { bucketName, key, ...(versionId === undefined ? {} : { versionId: checkVersionId(versionId) }) };
}

function decoded(text: string, header: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalidArgument("Invalid copy source encoding.", "x-amz-copy-source", header);
  }
}
