import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import type { GatewayResponse } from "../gateway/service.ts";
import { allow } from "./access.ts";
import { checkBucketPolicy } from "./bucket-policy.ts";
import { malformedXml } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import { readDocument } from "./read-document.ts";
import type { S3Request } from "./s3-request.ts";
import { xmlAnswer } from "./xml-answer.ts";
import { parseXml, xmlDocument } from "./xml-document.ts";

/** A configuration of a bucket that is kept as the document it came in. */
interface DocumentKind {
  readonly root: string;
  /** As in s3:PutLifecycleConfiguration; deleting needs the same permission. */
  readonly action: string;
  /** What a bucket answers that was never configured; none where that is an error. */
  readonly initial?: string;
  readonly missing: readonly [code: string, message: string];
}

/** By sub-resource. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html#bucket-config-options-intro */
const KINDS: Readonly<Record<string, DocumentKind>> = {
  cors: {
    root: "CORSConfiguration",
    action: "BucketCORS",
    missing: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
  },
  encryption: {
    root: "ServerSideEncryptionConfiguration",
    action: "EncryptionConfiguration",
    initial: xmlDocument("ServerSideEncryptionConfiguration", {
      Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false },
    }),
    missing: [
      "ServerSideEncryptionConfigurationNotFoundError",
      "The server side encryption configuration was not found",
    ],
  },
  lifecycle: {
    root: "LifecycleConfiguration",
    action: "LifecycleConfiguration",
    missing: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
  },
  notification: {
    root: "NotificationConfiguration",
    action: "BucketNotification",
    initial: xmlDocument("NotificationConfiguration", {}),
    missing: ["NoSuchConfiguration", "The specified configuration does not exist."],
  },
  ownershipControls: {
    root: "OwnershipControls",
    action: "BucketOwnershipControls",
    initial: xmlDocument("OwnershipControls", { Rule: { ObjectOwnership: "BucketOwnerEnforced" } }),
    missing: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
  },
  policy: {
    root: "",
    action: "BucketPolicy",
    missing: ["NoSuchBucketPolicy", "The bucket policy does not exist"],
  },
  publicAccessBlock: {
    root: "PublicAccessBlockConfiguration",
    action: "BucketPublicAccessBlock",
    initial: xmlDocument("PublicAccessBlockConfiguration", {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    }),
    missing: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
  },
};

export async function getBucketDocument(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  const bucket = store.buckets.get(request.bucket);
  const [name, kind] = kindOf(request);
  allow(store, request, `s3:Get${kind.action}`);
  const document = bucket.documents[name] ?? kind.initial ?? "";
  if (document === "") throw new AwsError(kind.missing[0], kind.missing[1], 404, { BucketName: bucket.name });
  return name === "policy"
    ? { status: 200, headers: { "content-type": "application/json" }, body: document }
    : xmlAnswer(document);
}

export async function putBucketDocument(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  const [name, kind] = kindOf(request);
  allow(store, request, `s3:Put${kind.action}`);
  const { text } = await readDocument(request);
  if (name !== "policy") parseXml(text, kind.root);
  saveBucketDocument(store, request.bucket, name, text);
  return { status: name === "policy" ? 204 : 200 };
}

export async function deleteBucketDocument(store: ObjectStore, request: S3Request): Promise<GatewayResponse> {
  store.buckets.get(request.bucket);
  const [name, kind] = kindOf(request);
  allow(store, request, name === "policy" ? "s3:DeleteBucketPolicy" : `s3:Put${kind.action}`);
  // A new bucket is private and owns its objects: that this was taken away has to be remembered.
  const remembered = name === "publicAccessBlock" || name === "ownershipControls";
  saveBucketDocument(store, request.bucket, name, remembered ? "" : undefined);
  return { status: 204 };
}

/**
 * Keeps a document; "" says that it was deleted, undefined goes back to what a new bucket has.
 * @throws AwsError MalformedPolicy, NotImplemented (notifications other than to EventBridge)
 */
export function saveBucketDocument(
  store: ObjectStore,
  bucketName: string,
  name: string,
  text: string | undefined,
): void {
  if (name === "policy" && text !== undefined) checkBucketPolicy(bucketName, text);
  const { [name]: _before, ...documents } = store.buckets.get(bucketName).documents;
  store.buckets.save({
    ...store.buckets.get(bucketName),
    documents: text === undefined ? documents : { ...documents, [name]: text },
    ...(name === "notification" ? { eventBridge: notifiesEventBridge(text) } : {}),
  });
}

function notifiesEventBridge(text: string | undefined): boolean {
  if (text === undefined || text === "") return false;
  const document = parseXml(text, "NotificationConfiguration");
  for (const other of ["TopicConfiguration", "QueueConfiguration", "CloudFunctionConfiguration"]) {
    if (document[other] !== undefined)
      throw notImplemented(`S3 notifications by ${other}; use EventBridgeConfiguration`);
  }
  return document["EventBridgeConfiguration"] !== undefined;
}

function kindOf(request: S3Request): [name: string, kind: DocumentKind] {
  for (const [name, kind] of Object.entries(KINDS)) if (request.query.has(name)) return [name, kind];
  throw malformedXml();
}
