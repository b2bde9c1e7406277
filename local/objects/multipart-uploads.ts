import { randomBytes } from "node:crypto";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { DEFAULT_ALGORITHM, isChecksumAlgorithm, type ChecksumAlgorithm } from "./checksums.ts";
import { inTransaction } from "./database.ts";
import { invalidArgument, invalidRequest, noSuchUpload } from "./errors.ts";
import { readAttributes, refuseUnsupportedHeaders } from "./object-attributes.ts";
import { encryptionHeaders } from "./object-headers.ts";
import type { ObjectStore } from "./object-store.ts";
import type { UploadRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { xmlDocument } from "./xml-document.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export async function createMultipartUpload(
  store: ObjectStore,
  request: S3Request,
): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:PutObject");
  refuseUnsupportedHeaders(request);
  const choice = readChecksumChoice(request);
  const upload: UploadRecord = {
    ...readAttributes(request),
    ...choice,
    uploadId: randomBytes(48).toString("base64url").replaceAll("-", "."),
    initiatedAt: store.context.clock.now(),
  };
  store.uploads.add(request.bucket, request.key, upload);
  return xmlAnswer(
    xmlDocument("InitiateMultipartUploadResult", {
      Bucket: request.bucket,
      Key: request.key,
      UploadId: upload.uploadId,
    }),
    {
      ...encryptionHeaders(upload),
      ...(choice.algorithmChosen
        ? { "x-amz-checksum-algorithm": choice.algorithm, "x-amz-checksum-type": choice.checksumType }
        : {}),
    },
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export async function abortMultipartUpload(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const { uploadId } = findUpload(store, request);
  allow(store, request, "s3:AbortMultipartUpload");
  const files = inTransaction(store.database, () => {
    const parts = store.uploads.parts(uploadId);
    store.uploads.remove(request.bucket, request.key, uploadId);
    return parts.map(({ file }) => file);
  });
  store.files.discard(files);
  return { status: 204 };
}

/** The upload that ?uploadId= names. @throws AwsError NoSuchBucket, NoSuchUpload */
export function findUpload(store: ObjectStore, request: S3Request): UploadRecord {
  store.buckets.get(request.bucket);
  const uploadId = request.query.get("uploadId") ?? "";
  const upload = store.uploads.find(request.bucket, request.key, uploadId);
  if (upload === undefined) throw noSuchUpload(uploadId);
  return upload;
}

/**
 * Which checksum the object will have, and whether over its bytes or over its parts' checksums.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html#ChecksumTypes
 */
function readChecksumChoice(
  request: S3Request,
): Pick<UploadRecord, "algorithm" | "checksumType" | "algorithmChosen"> {
  const named = request.header("x-amz-checksum-algorithm")?.toUpperCase();
  if (named !== undefined && !isChecksumAlgorithm(named)) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  const algorithm: ChecksumAlgorithm = named ?? DEFAULT_ALGORITHM;
  const usual = algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const type = request.header("x-amz-checksum-type")?.toUpperCase() ?? usual;
  if (type !== "FULL_OBJECT" && type !== "COMPOSITE") {
    throw invalidArgument("Value for x-amz-checksum-type header is invalid.", "x-amz-checksum-type", type);
  }
  const impossible = type === "COMPOSITE" ? algorithm === "CRC64NVME" : algorithm.startsWith("SHA");
  if (impossible) {
    throw invalidRequest(
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, checksumType: type, algorithmChosen: named !== undefined };
}
