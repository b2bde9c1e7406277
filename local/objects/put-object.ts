import type { GatewayResponse } from "../gateway/service.ts";
import { checksumHeader } from "./checksums.ts";
import { checkWriteConditions, publishNew, type WrittenVersion } from "./object-changes.ts";
import { readAttributes, refuseUnsupportedHeaders } from "./object-attributes.ts";
import { encryptionHeaders } from "./object-headers.ts";
import type { ObjectStore } from "./object-store.ts";
import { ReceivedBody, requireLength } from "./received-body.ts";
import type { ObjectAttributes } from "./records.ts";
import { allow } from "./access.ts";
import type { S3Request } from "./s3-request.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function putObject(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:PutObject");
  if (request.header("x-amz-tagging") !== undefined) allow(store, request, "s3:PutObjectTagging");
  refuseUnsupportedHeaders(request);
  const attributes = readAttributes(request);
  checkWriteConditions(store, request);
  requireLength(request);
  const body = new ReceivedBody(request);
  const { file, size } = await store.files.write(body);
  const { md5, checksum } = body.digests;
  const written = publishNew(store, request, "PutObject", {
    ...attributes,
    size,
    etag: md5,
    checksum: { algorithm: body.algorithm, value: checksum, type: "FULL_OBJECT" },
    segments: [{ file, size }],
  });
  return {
    status: 200,
    headers: {
      etag: `"${md5}"`,
      ...writtenHeaders(written, attributes),
      [checksumHeader(body.algorithm)]: checksum,
      "x-amz-checksum-type": "FULL_OBJECT",
    },
  };
}

/** What every write of an object answers. */
export function writtenHeaders(
  written: WrittenVersion,
  attributes: ObjectAttributes,
): Record<string, string> {
  return {
    ...(written.versionId === undefined ? {} : { "x-amz-version-id": written.versionId }),
    ...encryptionHeaders(attributes),
  };
}
