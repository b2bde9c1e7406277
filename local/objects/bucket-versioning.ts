import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { malformedXml } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { readDocument } from "./read-document.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { parseXml, textOf, xmlDocument } from "./xml-document.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export async function putBucketVersioning(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:PutBucketVersioning");
  const document = parseXml((await readDocument(request)).text, "VersioningConfiguration");
  const status = textOf(document, "Status");
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  store.buckets.save({ ...store.buckets.get(request.bucket), versioning: status });
  return { status: 200 };
}

/** A bucket that never had versioning has no status at all. */
export async function getBucketVersioning(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const bucket = store.buckets.get(request.bucket);
  allow(store, request, "s3:GetBucketVersioning");
  return xmlAnswer(xmlDocument("VersioningConfiguration", { Status: bucket.versioning }));
}
