import { createHash } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { checksumElement, checksumHeader, compositeChecksum, fullObjectChecksum } from "./checksums.ts";
import { badDigest, invalidRequest, malformedXml } from "./errors.ts";
import { findUpload } from "./multipart-uploads.ts";
import { checkWriteConditions, publishVersion, unquoted } from "./object-changes.ts";
import type { ObjectStore } from "./object-store.ts";
import { writtenHeaders } from "./put-object.ts";
import { readDocument } from "./read-document.ts";
import type { Checksum, PartRecord, UploadRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { listOf, parseXml, textOf, xmlDocument, type ParsedXml } from "./xml-document.ts";

/** Every part but the last. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export async function completeMultipartUpload(
  store: ObjectStore,
  request: S3Request,
): Promise<GatewayResponse> {
  findUpload(store, request);
  allow(store, request, "s3:PutObject");
  const document = parseXml(await readPlain(request), "CompleteMultipartUpload");
  checkWriteConditions(store, request);
  // Read again: the upload may have ended while the document came in.
  const upload = findUpload(store, request);
  const uploaded = store.uploads.parts(upload.uploadId);
  const parts = chosenParts(upload, uploaded, listOf(document, "Part"));
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expectedSize = request.header("x-amz-mp-object-size");
  if (expectedSize !== undefined && Number(expectedSize) !== size) {
    throw invalidRequest(
      "The provided 'x-amz-mp-object-size' header value does not match what was computed.",
    );
  }
  const checksum = wholeChecksum(upload, parts);
  const claimed = request.header(checksumHeader(upload.algorithm));
  if (claimed !== undefined && claimed !== checksum.value) {
    throw badDigest(`The ${upload.algorithm} you specified did not match the calculated checksum.`);
  }
  const etag = multipartEtag(parts);
  const { headers, metadata, tags, storageClass, encryption, kmsKeyId } = upload;
  const written = publishVersion(
    store,
    request,
    "CompleteMultipartUpload",
    {
      headers,
      metadata,
      tags,
      storageClass,
      encryption,
      ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
      size,
      etag,
      checksum,
      segments: parts.map((part) => ({
        file: part.file,
        size: part.size,
        part: part.number,
        checksum: part.checksum,
      })),
    },
    () => store.uploads.remove(request.bucket, request.key, upload.uploadId),
  );
  // Parts that were uploaded and not named do not become part of the object.
  const kept = new Set(parts.map(({ file }) => file));
  store.files.discard(uploaded.map(({ file }) => file).filter((file) => !kept.has(file)));
  return xmlAnswer(
    xmlDocument("CompleteMultipartUploadResult", {
      Location: `${store.context.endpoint}/${request.bucket}/${encodeURIComponent(request.key)}`,
      Bucket: request.bucket,
      Key: request.key,
      ETag: `"${etag}"`,
      [checksumElement(checksum.algorithm)]: checksum.value,
      ChecksumType: checksum.type,
    }),
    writtenHeaders(written, upload),
  );
}

/** The checksum header of a completion speaks of the object, not of this document. */
async function readPlain(request: S3Request): Promise<string> {
  const header = (name: string) => (name.startsWith("x-amz-checksum-") ? undefined : request.header(name));
  return (await readDocument({ ...request, header })).text;
}

/** @throws AwsError MalformedXML, InvalidPart, InvalidPartOrder, EntityTooSmall */
function chosenParts(
  upload: UploadRecord,
  uploaded: readonly PartRecord[],
  named: readonly ParsedXml[],
): PartRecord[] {
  if (named.length === 0) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.number, part]));
  let last = 0;
  const parts = named.map((element) => {
    const number = Number(textOf(element, "PartNumber"));
    if (!Number.isInteger(number)) throw malformedXml();
    if (number <= last) {
      throw new AwsError(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
        400,
        { UploadId: upload.uploadId },
      );
    }
    last = number;
    const part = byNumber.get(number);
    const checksum = textOf(element, checksumElement(upload.algorithm));
    const same =
      part?.etag === unquoted(textOf(element, "ETag") ?? "") && (checksum ?? part.checksum) === part.checksum;
    if (part === undefined || !same) throw invalidPart(upload, number, textOf(element, "ETag"));
    return part;
  });
  for (const part of parts.slice(0, -1)) {
    if (part.size >= MIN_PART_BYTES) continue;
    throw new AwsError(
      "EntityTooSmall",
      "Your proposed upload is smaller than the minimum allowed size",
      400,
      {
        ProposedSize: part.size,
        MinSizeAllowed: MIN_PART_BYTES,
        PartNumber: part.number,
        ETag: part.etag,
      },
    );
  }
  return parts;
}

function invalidPart(upload: UploadRecord, number: number, etag: string | undefined): AwsError {
  return new AwsError(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId: upload.uploadId, PartNumber: number, ETag: etag },
  );
}

/** The MD5 of the parts' MD5s, with their count behind it. */
function multipartEtag(parts: readonly PartRecord[]): string {
  const md5 = createHash("md5");
  for (const part of parts) md5.update(part.etag, "hex");
  return `${md5.digest("hex")}-${parts.length}`;
}

function wholeChecksum({ algorithm, checksumType }: UploadRecord, parts: readonly PartRecord[]): Checksum {
  const composite = checksumType === "COMPOSITE" || algorithm === "SHA1" || algorithm === "SHA256";
  const value = composite ? compositeChecksum(algorithm, parts) : fullObjectChecksum(algorithm, parts);
  return { algorithm, value, type: composite ? "COMPOSITE" : "FULL_OBJECT" };
}
