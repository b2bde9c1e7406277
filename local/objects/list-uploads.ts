import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { checksumElement } from "./checksums.ts";
import { invalidArgument } from "./errors.ts";
import { commonPrefixOf, laterOf, pageSize, readListingQuery, startsWith } from "./listing.ts";
import { findUpload } from "./multipart-uploads.ts";
import type { ObjectStore } from "./object-store.ts";
import { ownerOf } from "./owner.ts";
import type { UploadRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import type { ListedUpload } from "./upload-index.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { xmlDocument, type XmlElements } from "./xml-document.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
export async function listParts(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const upload = findUpload(store, request);
  allow(store, request, "s3:ListMultipartUploadParts");
  const max = pageSize(request, "max-parts");
  const text = request.query.get("part-number-marker") ?? "0";
  if (!/^\d+$/.test(text)) {
    throw invalidArgument(
      "Argument part-number-marker must be an integer between 0 and 2147483647",
      "part-number-marker",
      text,
    );
  }
  const following = store.uploads.parts(upload.uploadId, Number(text));
  const page = following.slice(0, max);
  const owner = ownerOf(store);
  return xmlAnswer(
    xmlDocument("ListPartsResult", {
      Bucket: request.bucket,
      Key: request.key,
      UploadId: upload.uploadId,
      Initiator: owner,
      Owner: owner,
      StorageClass: upload.storageClass,
      PartNumberMarker: Number(text),
      NextPartNumberMarker: page.at(-1)?.number ?? 0,
      MaxParts: max,
      IsTruncated: following.length > page.length,
      ...chosenChecksum(upload),
      Part: page.map((part) => ({
        PartNumber: part.number,
        LastModified: new Date(part.modifiedAt),
        ETag: `"${part.etag}"`,
        Size: part.size,
        ...(upload.algorithmChosen ? { [checksumElement(upload.algorithm)]: part.checksum } : {}),
      })),
    }),
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
export async function listMultipartUploads(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  const query = readListingQuery(request, "max-uploads");
  allow(store, request, "s3:ListBucketMultipartUploads", { "s3:prefix": String(query.prefix) });
  const keyMarker = request.query.get("key-marker") ?? "";
  const uploadMarker = keyMarker === "" ? "" : (request.query.get("upload-id-marker") ?? "");
  const uploads: ListedUpload[] = [];
  const prefixes = new Map<string, Buffer>();
  let truncated = false;
  for (const upload of uploadsAfter(
    store,
    request.bucket,
    query.prefix,
    Buffer.from(keyMarker),
    uploadMarker,
  )) {
    if (!startsWith(upload.key, query.prefix)) break;
    const common = commonPrefixOf(upload.key, query);
    if (common !== undefined && (prefixes.has(String(common)) || String(common) === keyMarker)) continue;
    truncated = uploads.length + prefixes.size === query.max;
    if (truncated) break;
    if (common === undefined) uploads.push(upload);
    else prefixes.set(String(common), common);
  }
  const next = nextMarker(uploads, [...prefixes.values()]);
  const owner = ownerOf(store);
  return xmlAnswer(
    xmlDocument("ListMultipartUploadsResult", {
      Bucket: request.bucket,
      KeyMarker: query.encode(keyMarker),
      UploadIdMarker: uploadMarker,
      ...(truncated ? { NextKeyMarker: query.encode(next.key), NextUploadIdMarker: next.uploadId } : {}),
      ...(query.delimiter.length === 0 ? {} : { Delimiter: query.encode(query.delimiter) }),
      Prefix: query.encode(query.prefix),
      MaxUploads: query.max,
      EncodingType: query.encodingType,
      IsTruncated: truncated,
      Upload: uploads.map(({ key, record }) => ({
        Key: query.encode(key),
        UploadId: record.uploadId,
        Initiator: owner,
        Owner: owner,
        StorageClass: record.storageClass,
        Initiated: new Date(record.initiatedAt),
        ...chosenChecksum(record),
      })),
      CommonPrefixes: [...prefixes.values()].map((prefix) => ({ Prefix: query.encode(prefix) })),
    }),
  );
}

function chosenChecksum(upload: UploadRecord): XmlElements {
  return upload.algorithmChosen
    ? { ChecksumAlgorithm: upload.algorithm, ChecksumType: upload.checksumType }
    : {};
}

/** Behind the marked key, or, where an upload is marked too, behind that upload of the key. */
function uploadsAfter(
  store: ObjectStore,
  bucket: string,
  prefix: Buffer,
  keyMarker: Buffer,
  uploadMarker: string,
): Generator<ListedUpload> {
  if (uploadMarker !== "") return store.uploads.list(bucket, keyMarker, uploadMarker);
  // A zero byte behind the key is the next key that there can be.
  const after = keyMarker.length === 0 ? keyMarker : Buffer.concat([keyMarker, Buffer.of(0)]);
  return store.uploads.list(bucket, laterOf(after, prefix), undefined);
}

function nextMarker(
  uploads: readonly ListedUpload[],
  prefixes: readonly Buffer[],
): { key: Buffer; uploadId: string } {
  const upload = uploads.at(-1);
  const prefix = prefixes.at(-1);
  if (upload === undefined || (prefix !== undefined && Buffer.compare(prefix, upload.key) > 0)) {
    return { key: prefix ?? Buffer.alloc(0), uploadId: "" };
  }
  return { key: upload.key, uploadId: upload.record.uploadId };
}
