import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { deleteBucketDocument, getBucketDocument, putBucketDocument } from "./bucket-documents.ts";
import { putPart } from "./upload-part.ts";
import {
  deleteBucketTagging,
  deleteObjectTagging,
  getBucketTagging,
  getObjectTagging,
  putBucketTagging,
  putObjectTagging,
} from "./tagging.ts";
import { getBucketVersioning, putBucketVersioning } from "./bucket-versioning.ts";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.ts";
import { completeMultipartUpload } from "./complete-upload.ts";
import { copyObject } from "./copy-object.ts";
import { deleteObjects, deleteOne } from "./delete-objects.ts";
import { methodNotAllowed } from "./errors.ts";
import { getObject } from "./get-object.ts";
import { listObjectsV1, listObjectsV2 } from "./list-objects.ts";
import { listMultipartUploads, listParts } from "./list-uploads.ts";
import { listObjectVersions } from "./list-versions.ts";
import { abortMultipartUpload, createMultipartUpload } from "./multipart-uploads.ts";
import type { ObjectStore } from "./object-store.ts";
import { putObject } from "./put-object.ts";
import type { S3Request } from "./s3-request.ts";

export type Operation = (store: ObjectStore, request: S3Request) => Promise<GatewayResponse>;

/**
 * All sub-resources of S3: query parameters that choose another operation. One that stands here and has no operation
 * below is refused by name. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
const SUB_RESOURCES = new Set([
  "abac",
  "accelerate",
  "acl",
  "analytics",
  "annotation",
  "append",
  "attributes",
  "cors",
  "delete",
  "encryption",
  "intelligent-tiering",
  "inventory",
  "legal-hold",
  "lifecycle",
  "location",
  "logging",
  "metadataAnnotationTable",
  "metadataConfiguration",
  "metadataInventoryTable",
  "metadataJournalTable",
  "metadataTable",
  "metrics",
  "notification",
  "object-lock",
  "ownershipControls",
  "policy",
  "policyStatus",
  "publicAccessBlock",
  "renameObject",
  "replication",
  "requestPayment",
  "restore",
  "retention",
  "select",
  "session",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versioning",
  "versions",
  "website",
]);

/** By target (service, bucket, object), method and sub-resource. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  "service GET": listBuckets,

  "bucket PUT": createBucket,
  "bucket DELETE": deleteBucket,
  "bucket HEAD": headBucket,
  "bucket GET": (store, request) =>
    request.query.get("list-type") === "2" ? listObjectsV2(store, request) : listObjectsV1(store, request),
  "bucket GET versions": listObjectVersions,
  "bucket GET uploads": listMultipartUploads,
  "bucket GET location": getBucketLocation,
  "bucket PUT versioning": putBucketVersioning,
  "bucket GET versioning": getBucketVersioning,
  "bucket POST delete": deleteObjects,
  "bucket GET tagging": getBucketTagging,
  "bucket PUT tagging": putBucketTagging,
  "bucket DELETE tagging": deleteBucketTagging,
  ...documentOperations([
    "cors",
    "encryption",
    "lifecycle",
    "ownershipControls",
    "policy",
    "publicAccessBlock",
  ]),
  "bucket GET notification": getBucketDocument,
  "bucket PUT notification": putBucketDocument,

  "object PUT": (store, request) =>
    request.header("x-amz-copy-source") === undefined
      ? putObject(store, request)
      : copyObject(store, request),
  "object GET": getObject,
  "object HEAD": getObject,
  "object DELETE": deleteOne,
  "object POST uploads": createMultipartUpload,
  "object PUT uploadId": putPart,
  "object GET uploadId": listParts,
  "object POST uploadId": completeMultipartUpload,
  "object DELETE uploadId": abortMultipartUpload,
  "object GET tagging": getObjectTagging,
  "object PUT tagging": putObjectTagging,
  "object DELETE tagging": deleteObjectTagging,
};

function documentOperations(names: readonly string[]): Record<string, Operation> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`bucket GET ${name}`, getBucketDocument],
      [`bucket PUT ${name}`, putBucketDocument],
      [`bucket DELETE ${name}`, deleteBucketDocument],
    ]),
  );
}

/** @throws AwsError NotImplemented, MethodNotAllowed */
export function operationFor(request: S3Request): Operation {
  const { method } = request.gateway;
  const target = request.bucket === "" ? "service" : request.key === "" ? "bucket" : "object";
  const subResources = [...request.query.keys()].filter((name) => SUB_RESOURCES.has(name));
  const name = [target, method, ...subResources].join(" ");
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation !== undefined) return operation;
  if (subResources.length > 0)
    throw notImplemented(
      `S3 ${method} ?${subResources.join("&")} on ${target === "object" ? "an" : "a"} ${target}`,
    );
  if (method === "POST" && target === "bucket") throw notImplemented("S3 POST Object (browser forms)");
  if (method === "OPTIONS")
    throw new AwsError("NotImplemented", "The local cloud does not implement S3 OPTIONS.", 501);
  throw methodNotAllowed(method, target.toUpperCase());
}
