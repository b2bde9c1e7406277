import { AwsError } from "../gateway/aws-error.ts";
import { evaluate, type PolicyDocument, type PolicyStatement } from "../identity/policy.ts";
import { accessDenied } from "./errors.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3Request } from "./s3-request.ts";

type Conditions = Readonly<Record<string, string>>;

/**
 * Lets the request through or throws: an explicit Deny of the bucket's policy beats everything, then either the caller's
 * own policies or the bucket's have to allow it.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 * @throws AwsError AccessDenied
 */
export function allow(
  store: ObjectStore,
  request: S3Request,
  action: string,
  conditions: Conditions = {},
): void {
  const onObject = request.key !== "" && !BUCKET_ACTIONS.test(action);
  allowOn(
    store,
    request,
    action,
    `arn:aws:s3:::${request.bucket}${onObject ? `/${request.key}` : ""}`,
    conditions,
  );
}

/** As `allow`, on a resource that is not the request's own: a copy's source, the keys of a batch. */
export function allowOn(
  store: ObjectStore,
  request: S3Request,
  action: string,
  resource: string,
  more: Conditions = {},
): void {
  const conditions = { ...conditionsOf(request), ...more };
  const decision = bucketPolicyDecision(store, request, action, resource, conditions);
  if (decision === "explicitly-denied") {
    throw accessDenied(
      `User: ${callerArn(store, request)} is not authorized to perform: ${action} on resource: "${resource}" with an explicit deny in a resource-based policy`,
    );
  }
  try {
    request.gateway.authorize(action, resource, conditions);
  } catch (error) {
    const refused =
      error instanceof AwsError && error.code === "AccessDenied" && !error.message.includes("explicit deny");
    if (!refused || decision !== "allowed") throw error;
  }
}

/** Whether the caller may list the request's bucket, and so may learn that an object is missing. */
export function mayList(store: ObjectStore, request: S3Request): boolean {
  const [action, resource] = ["s3:ListBucket", `arn:aws:s3:::${request.bucket}`];
  const conditions = { ...conditionsOf(request), "s3:prefix": request.key };
  const decisions = [
    bucketPolicyDecision(store, { ...request, key: "" }, action, resource, conditions),
    request.gateway.decide(action, resource, conditions),
  ];
  return decisions.includes("allowed") && !decisions.includes("explicitly-denied");
}

/** Headers that are condition keys as well: `s3:x-amz-storage-class`. */
const CONDITION_HEADERS = [
  "if-match",
  "if-none-match",
  "x-amz-acl",
  "x-amz-content-sha256",
  "x-amz-copy-source",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys */
function conditionsOf(request: S3Request): Record<string, string> {
  const given = CONDITION_HEADERS.map((name) => [`s3:${name}`, request.header(name)]);
  given.push(["s3:VersionId", request.query.get("versionId") ?? undefined]);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Record<string, string>;
}

/** Actions whose resource is the bucket even where the request names a key. */
const BUCKET_ACTIONS = /^s3:List(Bucket|AllMyBuckets)/;

function bucketPolicyDecision(
  store: ObjectStore,
  request: S3Request,
  action: string,
  resource: string,
  conditions: Conditions,
) {
  const bucketName = resource.slice("arn:aws:s3:::".length).split("/", 1)[0] ?? "";
  const text = store.buckets.find(bucketName)?.documents["policy"];
  if (text === undefined) return "not-allowed";
  const known = {
    ...conditions,
    // Nobody listens on the loopback: what a policy asks TLS for is given.
    "aws:SecureTransport": "true",
    "aws:SourceIp": "127.0.0.1",
    "aws:PrincipalArn": principalArn(store, request),
    "aws:PrincipalAccount": store.context.accountId,
  };
  return evaluate(
    [JSON.parse(text) as PolicyDocument],
    { action, resource, conditions: known },
    (statement) => concerns(statement, store, request),
  );
}

function concerns(statement: PolicyStatement, store: ObjectStore, request: S3Request): boolean {
  if (statement.NotPrincipal !== undefined) return !names(statement.NotPrincipal, store, request);
  return names(statement.Principal, store, request);
}

function names(principal: unknown, store: ObjectStore, request: S3Request): boolean {
  if (principal === "*") return true;
  const named = [((principal ?? {}) as Record<string, string | string[]>)["AWS"] ?? []].flat();
  if (named.includes("*")) return true;
  if (request.gateway.principal.kind === "anonymous") return false;
  const account = store.context.accountId;
  const own = [
    principalArn(store, request),
    callerArn(store, request),
    account,
    `arn:aws:iam::${account}:root`,
  ];
  return named.some((arn) => own.includes(arn));
}

function principalArn(store: ObjectStore, request: S3Request): string {
  const { principal } = request.gateway;
  return principal.kind === "role" ? principal.roleArn : `arn:aws:iam::${store.context.accountId}:root`;
}

function callerArn(store: ObjectStore, request: S3Request): string {
  const { principal } = request.gateway;
  if (principal.kind !== "role") return principalArn(store, request);
  const role = principal.roleArn.slice(principal.roleArn.lastIndexOf("/") + 1);
  return `arn:aws:sts::${store.context.accountId}:assumed-role/${role}/${principal.sessionName}`;
}
