import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { checksumType } from "./checksum-elements.ts";
import { invalidArgument } from "./errors.ts";
import {
  commonPrefixOf,
  laterOf,
  readListingQuery,
  startsWith,
  successorOf,
  type ListingQuery,
} from "./listing.ts";
import type { ObjectStore } from "./object-store.ts";
import { ownerOf } from "./owner.ts";
import type { ObjectVersion } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { xmlDocument, type XmlElements } from "./xml-document.ts";

interface Page {
  readonly objects: readonly { key: Buffer; record: ObjectVersion }[];
  readonly prefixes: readonly Buffer[];
  /** The last key or common prefix of the page, where more follows. */
  readonly next?: Buffer;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export async function listObjectsV2(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const query = authorizedQuery(store, request);
  const token = request.query.get("continuation-token");
  const startAfter = request.query.get("start-after") ?? "";
  const page = readPage(
    store,
    request.bucket,
    query,
    token === null ? Buffer.from(startAfter) : fromToken(token),
  );
  const owner = request.query.get("fetch-owner") === "true" ? ownerOf(store) : undefined;
  return xmlAnswer(
    xmlDocument("ListBucketResult", {
      Name: request.bucket,
      Prefix: query.encode(query.prefix),
      ...(query.delimiter.length === 0 ? {} : { Delimiter: query.encode(query.delimiter) }),
      MaxKeys: query.max,
      EncodingType: query.encodingType,
      KeyCount: page.objects.length + page.prefixes.length,
      IsTruncated: page.next !== undefined,
      ...(token === null ? {} : { ContinuationToken: token }),
      ...(page.next === undefined ? {} : { NextContinuationToken: toToken(page.next) }),
      ...(startAfter === "" ? {} : { StartAfter: query.encode(startAfter) }),
      ...contents(page, query, owner),
    }),
    { "x-amz-bucket-region": store.buckets.get(request.bucket).region },
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
export async function listObjectsV1(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const query = authorizedQuery(store, request);
  const marker = request.query.get("marker") ?? "";
  const page = readPage(store, request.bucket, query, Buffer.from(marker));
  return xmlAnswer(
    xmlDocument("ListBucketResult", {
      Name: request.bucket,
      Prefix: query.encode(query.prefix),
      Marker: query.encode(marker),
      ...(query.delimiter.length === 0 ? {} : { Delimiter: query.encode(query.delimiter) }),
      MaxKeys: query.max,
      EncodingType: query.encodingType,
      IsTruncated: page.next !== undefined,
      // Without a delimiter the client goes on behind the last key itself.
      ...(page.next === undefined || query.delimiter.length === 0
        ? {}
        : { NextMarker: query.encode(page.next) }),
      ...contents(page, query, ownerOf(store)),
    }),
    { "x-amz-bucket-region": store.buckets.get(request.bucket).region },
  );
}

function authorizedQuery(store: ObjectStore, request: S3Request): ListingQuery {
  store.buckets.get(request.bucket);
  const query = readListingQuery(request, "max-keys");
  allow(store, request, "s3:ListBucket", {
    "s3:prefix": String(query.prefix),
    "s3:max-keys": String(query.max),
    ...(query.delimiter.length === 0 ? {} : { "s3:delimiter": String(query.delimiter) }),
  });
  return query;
}

/** Reads up to `max` keys and common prefixes behind `after`; jumps over what a common prefix covers. */
function readPage(store: ObjectStore, bucket: string, query: ListingQuery, after: Buffer): Page {
  const objects: { key: Buffer; record: ObjectVersion }[] = [];
  const prefixes: Buffer[] = [];
  let last: Buffer | undefined;
  let from = firstPosition(query, after);
  while (from !== undefined && query.max > 0) {
    let jump: Buffer | undefined;
    for (const { key, record } of store.versions.objects(bucket, from)) {
      if (!startsWith(key, query.prefix)) break;
      if (objects.length + prefixes.length === query.max)
        return { objects, prefixes, ...(last ? { next: last } : {}) };
      const common = commonPrefixOf(key, query);
      if (common === undefined) {
        objects.push({ key, record });
        last = key;
        continue;
      }
      prefixes.push(common);
      last = common;
      jump = successorOf(common);
      break;
    }
    from = jump === undefined ? undefined : { key: jump, inclusive: true };
  }
  return { objects, prefixes };
}

function firstPosition(query: ListingQuery, after: Buffer) {
  // A page that ended with a common prefix goes on behind everything in it.
  const common = startsWith(after, query.prefix) ? commonPrefixOf(after, query) : undefined;
  if (common?.equals(after) === true) {
    const next = successorOf(common);
    return next === undefined ? undefined : { key: next, inclusive: true };
  }
  const key = laterOf(after, query.prefix);
  return { key, inclusive: after.length === 0 || !key.equals(after) };
}

function contents(page: Page, query: ListingQuery, owner: XmlElements | undefined): XmlElements {
  return {
    Contents: page.objects.map(({ key, record }) => ({
      Key: query.encode(key),
      LastModified: new Date(record.modifiedAt),
      ETag: `"${record.etag}"`,
      ...checksumType(record),
      Size: record.size,
      Owner: owner,
      StorageClass: record.storageClass,
    })),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: query.encode(prefix) })),
  };
}

function toToken(key: Buffer): string {
  return `1${key.toString("base64url")}`;
}

function fromToken(token: string): Buffer {
  const key = Buffer.from(token.slice(1), "base64url");
  if (token === "" || toToken(key) !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return key;
}
