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
import type { S3Request } from "./s3-request.ts";
import type { ListedVersion } from "./version-index.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { xmlDocument, type XmlElements } from "./xml-document.ts";

interface Page {
  readonly versions: readonly ListedVersion[];
  readonly prefixes: readonly Buffer[];
  /** The last entry of the page, where more follows; a common prefix has no version id. */
  readonly next?: { readonly key: Buffer; readonly versionId?: string };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
export async function listObjectVersions(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  const query = readListingQuery(request, "max-keys");
  allow(store, request, "s3:ListBucketVersions", { "s3:prefix": String(query.prefix) });
  const keyMarker = request.query.get("key-marker") ?? "";
  const versionMarker = request.query.get("version-id-marker") ?? "";
  if (versionMarker !== "" && keyMarker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionMarker,
    );
  }
  const page = readPage(store, request.bucket, query, Buffer.from(keyMarker), versionMarker);
  const { entries, common } = listed(store, page, query);
  return xmlAnswer(
    xmlDocument("ListVersionsResult", {
      Name: request.bucket,
      Prefix: query.encode(query.prefix),
      KeyMarker: query.encode(keyMarker),
      VersionIdMarker: versionMarker,
      ...(page.next === undefined
        ? {}
        : { NextKeyMarker: query.encode(page.next.key), NextVersionIdMarker: page.next.versionId }),
      ...(query.delimiter.length === 0 ? {} : { Delimiter: query.encode(query.delimiter) }),
      MaxKeys: query.max,
      EncodingType: query.encodingType,
      IsTruncated: page.next !== undefined,
      ...entries,
      ...common,
    }),
  );
}

function readPage(
  store: ObjectStore,
  bucket: string,
  query: ListingQuery,
  keyMarker: Buffer,
  versionMarker: string,
): Page {
  const versions: ListedVersion[] = [];
  const prefixes: Buffer[] = [];
  let next: Page["next"];
  let from = firstPosition(store, bucket, query, keyMarker, versionMarker);
  while (from !== undefined && query.max > 0) {
    let jump: Buffer | undefined;
    for (const version of store.versions.versions(bucket, from.key, from.afterRank)) {
      if (!startsWith(version.key, query.prefix)) break;
      if (versions.length + prefixes.length === query.max)
        return { versions, prefixes, ...(next ? { next } : {}) };
      const common = commonPrefixOf(version.key, query);
      if (common !== undefined) {
        prefixes.push(common);
        next = { key: common };
        jump = successorOf(common);
        break;
      }
      versions.push(version);
      next = { key: version.key, versionId: version.record.versionId };
    }
    from = jump === undefined ? undefined : { key: jump, afterRank: FIRST };
  }
  return { versions, prefixes };
}

/** Before every rank, and behind every rank. */
const FIRST = -Number.MAX_SAFE_INTEGER;
const LAST = Number.MAX_SAFE_INTEGER;

/** A key marker alone stands behind all versions of its key, with a version marker behind that version. */
function firstPosition(
  store: ObjectStore,
  bucket: string,
  query: ListingQuery,
  keyMarker: Buffer,
  versionMarker: string,
): { key: Buffer; afterRank: number } | undefined {
  const common = startsWith(keyMarker, query.prefix) ? commonPrefixOf(keyMarker, query) : undefined;
  if (common?.equals(keyMarker) === true) {
    const next = successorOf(common);
    return next === undefined ? undefined : { key: next, afterRank: FIRST };
  }
  const key = laterOf(keyMarker, query.prefix);
  if (keyMarker.length === 0 || !key.equals(keyMarker)) return { key, afterRank: FIRST };
  if (versionMarker === "") return { key, afterRank: LAST };
  const rank = store.versions.rankOf(bucket, key, versionMarker);
  if (rank === undefined)
    throw invalidArgument("Invalid version id specified", "version-id-marker", versionMarker);
  return { key, afterRank: rank };
}

/** Versions and delete markers stand in one order, so the document mixes their elements. */
function listed(
  store: ObjectStore,
  page: Page,
  query: ListingQuery,
): { entries: XmlElements; common: XmlElements } {
  const owner = ownerOf(store);
  const entries = page.versions.map(({ key, latest, record }) => {
    const both = {
      Key: query.encode(key),
      VersionId: record.versionId,
      IsLatest: latest,
      LastModified: new Date(record.modifiedAt),
    };
    if (record.marker) return { kind: "DeleteMarker", element: { ...both, Owner: owner } };
    return {
      kind: "Version",
      element: {
        ...both,
        ETag: `"${record.etag}"`,
        ...checksumType(record),
        Size: record.size,
        Owner: owner,
        StorageClass: record.storageClass,
      },
    };
  });
  return {
    entries: {
      Version: entries.filter(({ kind }) => kind === "Version").map(({ element }) => element),
      DeleteMarker: entries.filter(({ kind }) => kind === "DeleteMarker").map(({ element }) => element),
    },
    common: { CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: query.encode(prefix) })) },
  };
}
