import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { BodyDigest } from "./body-digest.ts";
import { checksumElement, checksumHeader, checksumOf } from "./checksums.ts";
import { findCopySource, sourceVersionHeader } from "./copy-source.ts";
import { inTransaction } from "./database.ts";
import { invalidArgument, invalidRequest, noSuchUpload } from "./errors.ts";
import { findUpload } from "./multipart-uploads.ts";
import { encryptionHeaders } from "./object-headers.ts";
import type { ObjectStore } from "./object-store.ts";
import { MAX_PUT_BYTES, ReceivedBody, requireLength } from "./received-body.ts";
import type { PartRecord, UploadRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { xmlDocument } from "./xml-document.ts";

const MAX_PART_NUMBER = 10_000;

/** UploadPart, or UploadPartCopy where the bytes come from another object. */
export async function putPart(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const upload = findUpload(store, request);
  allow(store, request, "s3:PutObject");
  const number = partNumberOf(request);
  return request.header("x-amz-copy-source") === undefined
    ? uploadPart(store, request, upload, number)
    : uploadPartCopy(store, request, upload, number);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
async function uploadPart(
  store: ObjectStore,
  request: S3Request,
  upload: UploadRecord,
  number: number,
): Promise<GatewayResponse> {
  requireLength(request);
  const body = new ReceivedBody(request, upload.algorithm);
  if (upload.algorithmChosen && body.algorithm !== upload.algorithm) {
    const [expected, actual] = [upload.algorithm.toLowerCase(), body.algorithm.toLowerCase()];
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
    );
  }
  // A part may come with another checksum than the one that the whole object is going to have.
  const own = body.algorithm === upload.algorithm ? undefined : checksumOf(upload.algorithm);
  const { file, size } = await store.files.write(body, (chunk) => own?.update(chunk));
  const { md5, checksum } = body.digests;
  enterPart(store, request, upload, {
    number,
    size,
    etag: md5,
    checksum: own?.digest().toString("base64") ?? checksum,
    modifiedAt: store.context.clock.now(),
    file,
  });
  const told = body.algorithmChosen || upload.algorithmChosen;
  return {
    status: 200,
    headers: {
      etag: `"${md5}"`,
      ...encryptionHeaders(upload),
      ...(told ? { [checksumHeader(body.algorithm)]: checksum } : {}),
    },
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
async function uploadPartCopy(
  store: ObjectStore,
  request: S3Request,
  upload: UploadRecord,
  number: number,
): Promise<GatewayResponse> {
  const source = findCopySource(store, request);
  const { start, end } = sourceRange(request.header("x-amz-copy-source-range"), source.version.size);
  if (end - start + 1 > MAX_PUT_BYTES) {
    throw invalidRequest(
      "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
    );
  }
  const digest = new BodyDigest(upload.algorithm);
  const bytes = store.files.read(source.version.segments, start, end);
  const { file, size } = await store.files.write(bytes, (chunk) => digest.update(chunk));
  const { md5, checksum } = digest.finish();
  const modifiedAt = store.context.clock.now();
  enterPart(store, request, upload, { number, size, etag: md5, checksum, modifiedAt, file });
  const content = {
    LastModified: new Date(modifiedAt),
    ETag: `"${md5}"`,
    ...(upload.algorithmChosen ? { [checksumElement(upload.algorithm)]: checksum } : {}),
  };
  return xmlAnswer(xmlDocument("CopyPartResult", content), {
    ...sourceVersionHeader(source),
    ...encryptionHeaders(upload),
  });
}

/** Enters a written part into its upload, which may have ended meanwhile. @throws AwsError NoSuchUpload */
function enterPart(store: ObjectStore, request: S3Request, upload: UploadRecord, part: PartRecord): void {
  const before = inTransaction(store.database, () => {
    if (store.uploads.find(request.bucket, request.key, upload.uploadId) === undefined) return "ended";
    return store.uploads.putPart(upload.uploadId, part);
  });
  if (before === "ended") {
    store.files.discard([part.file]);
    throw noSuchUpload(upload.uploadId);
  }
  if (before !== undefined) store.files.discard([before.file]);
}

function partNumberOf(request: S3Request): number {
  const text = request.query.get("partNumber") ?? "";
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= MAX_PART_NUMBER) return number;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`,
    "partNumber",
    text,
  );
}

/** `bytes=first-last`, both given and within the source. */
function sourceRange(header: string | undefined, size: number): { start: number; end: number } {
  if (header === undefined) return { start: 0, end: size - 1 };
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      header,
    );
  }
  if (Number(last) >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      header,
    );
  }
  return { start: Number(first), end: Number(last) };
}
