import { createHmac, timingSafeEqual } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import type { S3Request } from "./s3-request.ts";

/** Query parameters that are part of what is signed; `response-...` are besides. */
const SIGNED_PARAMETERS = new Set([
  "accelerate",
  "acl",
  "analytics",
  "cors",
  "delete",
  "inventory",
  "lifecycle",
  "location",
  "logging",
  "metrics",
  "notification",
  "object-lock",
  "partNumber",
  "policy",
  "replication",
  "requestPayment",
  "restore",
  "select",
  "select-type",
  "storageClass",
  "tagging",
  "torrent",
  "uploadId",
  "uploads",
  "versionId",
  "versioning",
  "versions",
  "website",
]);

/**
 * Holds a URL that was signed by version 2, as version 1 of the AWS CLI does, against the signer's secret.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
 * @throws AwsError SignatureDoesNotMatch
 */
export function verifyVersionTwo(request: S3Request, secret: string): void {
  const toSign = [
    request.gateway.method,
    valueOf(request, "content-md5"),
    valueOf(request, "content-type"),
    request.query.get("Expires") ?? "",
    ...amzHeaders(request),
    resource(request),
  ].join("\n");
  const expected = createHmac("sha1", secret).update(toSign).digest();
  const given = Buffer.from(request.query.get("Signature") ?? "", "base64");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    403,
    {
      AWSAccessKeyId: request.query.get("AWSAccessKeyId"),
      StringToSign: toSign,
      SignatureProvided: request.query.get("Signature"),
    },
  );
}

/** A header, which a signed URL may carry in its query instead. */
function valueOf(request: S3Request, name: string): string {
  return request.query.get(name) ?? request.header(name) ?? "";
}

function amzHeaders(request: S3Request): string[] {
  const names = [...Object.keys(request.gateway.headers), ...request.query.keys()];
  return [...new Set(names.map((name) => name.toLowerCase()))]
    .filter((name) => name.startsWith("x-amz-"))
    .sort()
    .map((name) => `${name}:${valueOf(request, name).trim()}`);
}

function resource(request: S3Request): string {
  const path = request.gateway.rawTarget.split("?", 1)[0] ?? "/";
  const parameters = [...request.query]
    .filter(([name]) => SIGNED_PARAMETERS.has(name) || name.startsWith("response-"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return `${request.virtualHost ? `/${request.bucket}` : ""}${path}${query}`;
}
