import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { findVersion, versionIdOf } from "./find-version.ts";
import type { ObjectStore } from "./object-store.ts";
import { readDocument } from "./read-document.ts";
import type { BucketRecord, ObjectVersion } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { parseTagging, taggingDocument, type Tags } from "./tags.ts";
import { xmlAnswer } from "./xml-answer.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export async function getObjectTagging(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const { bucket, version } = taggedVersion(store, request, "Get");
  return xmlAnswer(taggingDocument(version.tags), versionHeader(bucket, version));
}

/** Changes the tags of a version and nothing else of it. */
export async function putObjectTagging(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  taggedVersion(store, request, "Put");
  const tags = parseTagging((await readDocument(request)).text, "object");
  const { bucket, version } = taggedVersion(store, request, "Put");
  store.versions.update(bucket.name, request.key, { ...version, tags });
  return { status: 200, headers: versionHeader(bucket, version) };
}

export async function deleteObjectTagging(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const { bucket, version } = taggedVersion(store, request, "Delete");
  store.versions.update(bucket.name, request.key, { ...version, tags: {} });
  return { status: 204, headers: versionHeader(bucket, version) };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
export async function getBucketTagging(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const bucket = store.buckets.get(request.bucket);
  allow(store, request, "s3:GetBucketTagging");
  if (Object.keys(bucket.tags).length === 0) {
    throw new AwsError("NoSuchTagSet", "The TagSet does not exist", 404, { BucketName: bucket.name });
  }
  return xmlAnswer(taggingDocument(bucket.tags));
}

export async function putBucketTagging(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:PutBucketTagging");
  const tags = parseTagging((await readDocument(request)).text, "bucket");
  setBucketTags(store, request.bucket, tags);
  return { status: 204 };
}

export async function deleteBucketTagging(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:PutBucketTagging");
  setBucketTags(store, request.bucket, {});
  return { status: 204 };
}

/** Replaces the tags of a bucket; those that AWS itself gave (aws:...) stay. */
export function setBucketTags(store: ObjectStore, name: string, tags: Tags): void {
  const bucket = store.buckets.get(name);
  const generated = Object.entries(bucket.tags).filter(([tag]) => tag.startsWith("aws:"));
  store.buckets.save({ ...bucket, tags: { ...tags, ...Object.fromEntries(generated) } });
}

function taggedVersion(
  store: ObjectStore,
  request: S3Request,
  verb: "Get" | "Put" | "Delete",
): { bucket: BucketRecord; version: ObjectVersion } {
  const bucket = store.buckets.get(request.bucket);
  const versionId = versionIdOf(request);
  allow(store, request, `s3:${verb}Object${versionId === undefined ? "" : "Version"}Tagging`);
  return { bucket, version: findVersion(store, request, versionId) };
}

function versionHeader(bucket: BucketRecord, version: ObjectVersion): Record<string, string> {
  return bucket.versioning === undefined ? {} : { "x-amz-version-id": version.versionId };
}
