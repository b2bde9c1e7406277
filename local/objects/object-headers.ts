import { checksumHeader } from "./checksums.ts";
import { metadataHeaders } from "./metadata.ts";
import type { BucketRecord, ObjectAttributes, ObjectVersion } from "./records.ts";
import type { S3Request } from "./s3-request.ts";

/** Query parameters by which a signed request replaces headers of the answer. */
const OVERRIDES: Readonly<Record<string, string>> = {
  "response-cache-control": "cache-control",
  "response-content-disposition": "content-disposition",
  "response-content-encoding": "content-encoding",
  "response-content-language": "content-language",
  "response-content-type": "content-type",
  "response-expires": "expires",
};

/** What GetObject and HeadObject tell of a version beside its length. */
export function objectHeaders(
  bucket: BucketRecord,
  version: ObjectVersion,
  request: S3Request,
): Record<string, string> {
  const tagCount = Object.keys(version.tags).length;
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    ...version.headers,
    "last-modified": new Date(version.modifiedAt).toUTCString(),
    etag: `"${version.etag}"`,
    ...metadataHeaders(version.metadata),
    ...encryptionHeaders(version),
    ...(bucket.versioning === undefined ? {} : { "x-amz-version-id": version.versionId }),
    ...(version.storageClass === "STANDARD" ? {} : { "x-amz-storage-class": version.storageClass }),
    ...(tagCount === 0 ? {} : { "x-amz-tagging-count": String(tagCount) }),
  };
  for (const [parameter, header] of Object.entries(OVERRIDES)) {
    const value = request.query.get(parameter);
    if (value !== null) headers[header] = value;
  }
  return headers;
}

/** With x-amz-checksum-mode: ENABLED and the whole object. */
export function checksumHeaders(version: ObjectVersion, request: S3Request): Record<string, string> {
  if (request.header("x-amz-checksum-mode")?.toUpperCase() !== "ENABLED") return {};
  const { algorithm, value, type } = version.checksum;
  return { [checksumHeader(algorithm)]: value, "x-amz-checksum-type": type };
}

export function encryptionHeaders(attributes: ObjectAttributes): Record<string, string> {
  return {
    "x-amz-server-side-encryption": attributes.encryption,
    ...(attributes.kmsKeyId === undefined
      ? {}
      : { "x-amz-server-side-encryption-aws-kms-key-id": attributes.kmsKeyId }),
  };
}
