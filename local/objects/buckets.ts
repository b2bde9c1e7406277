import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow, allowOn } from "./access.ts";
import { pageSize } from "./listing.ts";
import { refuseUnsupportedHeaders } from "./object-attributes.ts";
import type { ObjectStore } from "./object-store.ts";
import { ownerOf } from "./owner.ts";
import { readDocument } from "./read-document.ts";
import type { BucketRecord } from "./records.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { parseXml, textOf, xmlDocument } from "./xml-document.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export async function createBucket(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  allow(store, request, "s3:CreateBucket");
  if (request.header("x-amz-bucket-object-lock-enabled")?.toLowerCase() === "true") {
    throw new AwsError("NotImplemented", "The local cloud does not implement S3 Object Lock.", 501);
  }
  refuseUnsupportedHeaders(request);
  const { text } = await readDocument(request);
  const constraint =
    text === "" ? undefined : textOf(parseXml(text, "CreateBucketConfiguration"), "LocationConstraint");
  makeBucket(store, request.bucket, constraint ?? request.gateway.region);
  return { status: 200, headers: { location: `/${request.bucket}` } };
}

/**
 * Makes an empty bucket. In us-east-1 a bucket that the caller has already is no error, as in AWS.
 * @throws AwsError InvalidBucketName, BucketAlreadyOwnedByYou
 */
export function makeBucket(store: ObjectStore, name: string, region: string): BucketRecord {
  checkBucketName(name);
  const existing = store.buckets.find(name);
  if (existing !== undefined) {
    if (region === "us-east-1") return existing;
    throw bucketAlreadyOwned(name);
  }
  const bucket = {
    name,
    createdAt: store.context.clock.now(),
    region,
    eventBridge: false,
    tags: {},
    documents: {},
  };
  store.buckets.save(bucket);
  return bucket;
}

export function bucketAlreadyOwned(name: string): AwsError {
  return new AwsError(
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
    409,
    { BucketName: name },
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function checkBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..");
  const reserved =
    /^\d+\.\d+\.\d+\.\d+$|^xn--|^sthree-|^amzn-s3-demo-|-s3alias$|--ol-s3$|\.mrap$|--x-s3$|--table-s3$/.test(
      name,
    );
  if (!wellFormed || reserved) {
    throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name });
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export async function deleteBucket(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  allow(store, request, "s3:DeleteBucket");
  removeBucket(store, request.bucket);
  return { status: 204 };
}

/** @throws AwsError BucketNotEmpty: versions, delete markers and objects all count */
export function removeBucket(store: ObjectStore, name: string): void {
  if (!store.versions.isEmpty(name) || !store.uploads.isEmpty(name)) {
    const versioned = store.buckets.get(name).versioning !== undefined;
    const hint = versioned ? ". You must delete all versions in the bucket." : "";
    throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty${hint}`, 409, {
      BucketName: name,
    });
  }
  store.buckets.delete(name);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export async function headBucket(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const bucket = store.buckets.get(request.bucket);
  allow(store, request, "s3:ListBucket");
  const headers = { "x-amz-bucket-region": bucket.region, "x-amz-access-point-alias": "false" };
  return { status: 200, headers: { ...headers, "content-type": "application/xml" } };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export async function getBucketLocation(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const bucket = store.buckets.get(request.bucket);
  allow(store, request, "s3:GetBucketLocation");
  // us-east-1 is told as the empty location. The document is its root's text, so it is written here.
  const region = bucket.region === "us-east-1" ? "" : bucket.region;
  const root = xmlDocument("LocationConstraint", {}).replace(
    "></LocationConstraint>",
    `>${region}</LocationConstraint>`,
  );
  return xmlAnswer(root);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
export async function listBuckets(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  allowOn(store, request, "s3:ListAllMyBuckets", "arn:aws:s3:::*");
  const prefix = request.query.get("prefix") ?? "";
  const region = request.query.get("bucket-region");
  const token = Buffer.from(request.query.get("continuation-token") ?? "", "base64url").toString("utf8");
  const max = pageSize(request, "max-buckets");
  const found = store.buckets
    .list()
    .filter(({ name, region: own }) => name.startsWith(prefix) && name > token && (region ?? own) === own);
  const page = found.slice(0, max);
  const next = found.length > page.length ? page.at(-1) : undefined;
  return xmlAnswer(
    xmlDocument("ListAllMyBucketsResult", {
      Owner: ownerOf(store),
      Buckets: {
        Bucket: page.map((bucket) => ({
          Name: bucket.name,
          CreationDate: new Date(bucket.createdAt),
          BucketRegion: bucket.region,
          BucketArn: `arn:aws:s3:::${bucket.name}`,
        })),
      },
      ...(next === undefined ? {} : { ContinuationToken: Buffer.from(next.name).toString("base64url") }),
      ...(prefix === "" ? {} : { Prefix: prefix }),
    }),
  );
}
