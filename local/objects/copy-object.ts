import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { BodyDigest } from "./body-digest.ts";
import { checksumElement, isChecksumAlgorithm, type ChecksumAlgorithm } from "./checksums.ts";
import { findCopySource, sourceVersionHeader, type CopySource } from "./copy-source.ts";
import { invalidArgument, invalidRequest } from "./errors.ts";
import { readAttributes, refuseUnsupportedHeaders } from "./object-attributes.ts";
import { checkWriteConditions, publishNew, type VersionContent } from "./object-changes.ts";
import type { ObjectStore } from "./object-store.ts";
import { writtenHeaders } from "./put-object.ts";
import { MAX_PUT_BYTES } from "./received-body.ts";
import type { ObjectAttributes } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { xmlDocument } from "./xml-document.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export async function copyObject(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:PutObject");
  refuseUnsupportedHeaders(request);
  const source = findCopySource(store, request);
  if (source.version.size > MAX_PUT_BYTES) {
    throw invalidRequest(
      "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    );
  }
  const attributes = copiedAttributes(request, source);
  checkWriteConditions(store, request);
  const content = await copyContent(store, source, chosenAlgorithm(request));
  const written = publishNew(store, request, "CopyObject", { ...attributes, ...content });
  const result = {
    LastModified: new Date(store.context.clock.now()),
    ETag: `"${content.etag}"`,
    ChecksumType: content.checksum.type,
    [checksumElement(content.checksum.algorithm)]: content.checksum.value,
  };
  return xmlAnswer(xmlDocument("CopyObjectResult", result), {
    ...sourceVersionHeader(source),
    ...writtenHeaders(written, attributes),
  });
}

/** The bytes of the source as one piece; only what was uploaded in parts, or needs another checksum, is read. */
async function copyContent(
  store: ObjectStore,
  { version }: CopySource,
  algorithm: ChecksumAlgorithm = version.checksum.algorithm,
): Promise<Pick<VersionContent, "size" | "etag" | "checksum" | "segments">> {
  const [segment] = version.segments;
  const plain = version.segments.length === 1 && segment?.part === undefined;
  if (plain && segment !== undefined && algorithm === version.checksum.algorithm) {
    const file = await store.files.copy(segment.file);
    return {
      size: version.size,
      etag: version.etag,
      checksum: version.checksum,
      segments: [{ file, size: version.size }],
    };
  }
  const digest = new BodyDigest(algorithm);
  const bytes = store.files.read(version.segments, 0, version.size - 1);
  const { file, size } = await store.files.write(bytes, (chunk) => digest.update(chunk));
  const { md5, checksum } = digest.finish();
  return {
    size,
    etag: md5,
    checksum: { algorithm, value: checksum, type: "FULL_OBJECT" },
    segments: [{ file, size }],
  };
}

/** Metadata and tags come from the source or from the request, as the two directives say. */
function copiedAttributes(request: S3Request, source: CopySource): ObjectAttributes {
  const given = readAttributes(request);
  const replaces = directive(request, "x-amz-metadata-directive") === "REPLACE";
  const replacesTags = directive(request, "x-amz-tagging-directive") === "REPLACE";
  const { version } = source;
  const changes =
    replaces ||
    source.versionId !== undefined ||
    ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location"].some(
      (name) => request.header(name) !== undefined,
    );
  if (!changes && source.bucket.name === request.bucket && source.key === request.key) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  return {
    ...given,
    headers: replaces ? given.headers : version.headers,
    metadata: replaces ? given.metadata : version.metadata,
    tags: replacesTags ? given.tags : version.tags,
  };
}

function directive(request: S3Request, header: string): "COPY" | "REPLACE" {
  const value = request.header(header) ?? "COPY";
  if (value === "COPY" || value === "REPLACE") return value;
  throw invalidArgument(
    `Unknown ${header.includes("tagging") ? "tagging" : "metadata"} directive.`,
    header,
    value,
  );
}

function chosenAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const name = request.header("x-amz-checksum-algorithm")?.toUpperCase();
  if (name === undefined || isChecksumAlgorithm(name)) return name;
  throw invalidRequest("Checksum algorithm provided is unsupported.");
}
