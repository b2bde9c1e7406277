import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { readOutcome } from "./read-conditions.ts";
import { ErrorWithHeaders } from "./errors.ts";
import { findVersion, versionIdOf } from "./find-version.ts";
import { checksumHeaders, objectHeaders } from "./object-headers.ts";
import type { ObjectStore } from "./object-store.ts";
import { partRange, rangeOf, type ByteRange } from "./byte-range.ts";
import type { ObjectVersion } from "./records.ts";
import type { S3Request } from "./s3-request.ts";

/**
 * GetObject and HeadObject: the same answer, with and without its bytes.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function getObject(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const bucket = store.buckets.get(request.bucket);
  const versionId = versionIdOf(request);
  allow(store, request, versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion");
  if (request.header("x-amz-server-side-encryption-customer-algorithm") !== undefined) {
    throw notImplemented("S3 encryption with customer keys");
  }
  const version = findVersion(store, request, versionId);
  const headers = objectHeaders(bucket, version, request);
  const outcome = readOutcome(version, (name) => request.header(name));
  if (outcome === "not-modified") {
    const { etag = "", "last-modified": modified = "" } = headers;
    return { status: 304, headers: { etag, "last-modified": modified } };
  }
  const isHead = request.gateway.method === "HEAD";
  if (!isHead) refuseArchived(version);
  const { range, headers: rangeHeaders } = wantedRange(version, request);
  if (range === undefined) {
    const whole = {
      ...headers,
      ...checksumHeaders(version, request),
      "content-length": String(version.size),
    };
    return {
      status: 200,
      headers: whole,
      ...(isHead ? {} : { body: bytesOf(store, version, 0, version.size - 1) }),
    };
  }
  return {
    status: 206,
    headers: { ...headers, ...rangeHeaders, "content-length": String(range.end - range.start + 1) },
    ...(isHead ? {} : { body: bytesOf(store, version, range.start, range.end) }),
  };
}

function bytesOf(store: ObjectStore, version: ObjectVersion, start: number, end: number) {
  if (start > end) return "";
  const { segments } = version;
  return store.files.readSmall(segments, start, end) ?? store.files.read(segments, start, end);
}

function wantedRange(
  version: ObjectVersion,
  request: S3Request,
): { range?: ByteRange; headers: Readonly<Record<string, string>> } {
  const partNumber = request.query.get("partNumber");
  if (partNumber !== null) {
    const { range, count } = partRange(version, partNumber, request.header("range") !== undefined);
    const contentRange = `bytes ${range.start}-${range.end}/${version.size}`;
    return {
      range,
      headers: {
        ...(version.size === 0 ? {} : { "content-range": contentRange }),
        ...(count === undefined ? {} : { "x-amz-mp-parts-count": String(count) }),
      },
    };
  }
  const range = rangeOf(request.header("range"), version.size);
  if (range === undefined) return { headers: {} };
  if (range === "unsatisfiable") {
    const error = new AwsError("InvalidRange", "The requested range is not satisfiable", 416, {
      RangeRequested: request.header("range"),
      ActualObjectSize: version.size,
    });
    throw new ErrorWithHeaders(error, { "content-range": `bytes */${version.size}` });
  }
  return { range, headers: { "content-range": `bytes ${range.start}-${range.end}/${version.size}` } };
}

function refuseArchived(version: ObjectVersion): void {
  if (!["GLACIER", "DEEP_ARCHIVE"].includes(version.storageClass)) return;
  throw new AwsError("InvalidObjectState", "The operation is not valid for the object's storage class", 403, {
    StorageClass: version.storageClass,
  });
}
