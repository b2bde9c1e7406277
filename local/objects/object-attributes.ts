import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import { invalidArgument } from "./errors.ts";
import { readMetadata } from "./metadata.ts";
import type { ObjectAttributes } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { parseTagHeader } from "./tags.ts";

/** Headers that S3 keeps with the object and answers as they were. */
const KEPT_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-language",
  "content-type",
  "expires",
  "x-amz-website-redirect-location",
] as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
] as const;

/** Request headers that change what S3 does and that this store does not do. */
const REFUSED_HEADERS = [
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-object-lock-mode",
  "x-amz-object-lock-retain-until-date",
  "x-amz-object-lock-legal-hold",
  "x-amz-write-offset-bytes",
  "x-amz-copy-source-server-side-encryption-customer-algorithm",
  "if-match-last-modified-time",
  "if-match-size",
] as const;

/** ACLs that mean no more than what a bucket without ACLs does anyway. */
const HARMLESS_ACLS = ["private", "bucket-owner-full-control"];

/** What the headers of a put, copy or new upload say of the object. @throws AwsError InvalidArgument, InvalidStorageClass, NotImplemented */
export function readAttributes(request: S3Request): ObjectAttributes {
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = request.header(name);
    if (value !== undefined) headers[name] = value;
  }
  const encoding = (request.header("content-encoding") ?? "")
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "aws-chunked");
  if (encoding.length > 0) headers["content-encoding"] = encoding.join(",");
  headers["content-type"] ??= "binary/octet-stream";
  const kmsKeyId = request.header("x-amz-server-side-encryption-aws-kms-key-id");
  return {
    headers,
    metadata: readMetadata(request),
    tags: parseTagHeader(request.header("x-amz-tagging")),
    storageClass: readStorageClass(request),
    encryption: readEncryption(request),
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
  };
}

/** Refuses by name what the store would otherwise have to ignore. @throws AwsError NotImplemented, AccessControlListNotSupported */
export function refuseUnsupportedHeaders(request: S3Request): void {
  for (const name of REFUSED_HEADERS) {
    if (request.header(name) !== undefined) throw notImplemented(`the S3 header ${name}`);
  }
  const acl = request.header("x-amz-acl");
  const grants = Object.keys(request.gateway.headers).some((name) => name.startsWith("x-amz-grant-"));
  if (grants || (acl !== undefined && !HARMLESS_ACLS.includes(acl))) {
    // New buckets have ACLs disabled (BucketOwnerEnforced).
    throw new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
  }
}

function readStorageClass(request: S3Request): string {
  const name = request.header("x-amz-storage-class") ?? "STANDARD";
  if (!(STORAGE_CLASSES as readonly string[]).includes(name)) {
    throw new AwsError("InvalidStorageClass", "The storage class you specified is not valid", 400, {
      StorageClassRequested: name,
    });
  }
  return name;
}

function readEncryption(request: S3Request): string {
  const method = request.header("x-amz-server-side-encryption") ?? "AES256";
  if (!["AES256", "aws:kms", "aws:kms:dsse"].includes(method)) {
    throw invalidArgument(
      "The encryption method specified is not supported",
      "x-amz-server-side-encryption",
      method,
    );
  }
  return method;
}
