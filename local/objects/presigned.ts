import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import { accessDenied } from "./errors.ts";
import { verifyVersionTwo } from "./presigned-version-two.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3Request } from "./s3-request.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const PARAMETERS = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"] as const;
const MAX_EXPIRES_SECONDS = 7 * 24 * 60 * 60;
const MAX_SKEW_MS = 15 * 60 * 1000;

/**
 * Checks a presigned URL: its time, and its signature where the cloud knows the secret (keys of roles, and those that it
 * names to the operator, who may sign with any others). The system's clock counts, as it does where the URL was signed.
 * @throws AwsError AccessDenied, AuthorizationQueryParametersError, SignatureDoesNotMatch
 */
export function checkPresigned(store: ObjectStore, request: S3Request): void {
  if (request.query.has("X-Amz-Algorithm") || request.query.has("X-Amz-Signature"))
    checkVersionFour(store, request);
  else if (request.query.has("AWSAccessKeyId")) checkVersionTwo(store, request);
}

function checkVersionFour(store: ObjectStore, request: S3Request): void {
  const parameter = (name: (typeof PARAMETERS)[number]) => request.query.get(`X-Amz-${name}`) ?? "";
  if (PARAMETERS.some((name) => parameter(name) === "") || parameter("Algorithm") !== "AWS4-HMAC-SHA256") {
    throw badQuery(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  }
  const signedAt = Date.parse(
    parameter("Date").replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"),
  );
  if (Number.isNaN(signedAt))
    throw badQuery("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
  const seconds = Number(parameter("Expires"));
  if (!Number.isInteger(seconds)) throw badQuery("X-Amz-Expires should be a number");
  if (seconds < 0) throw badQuery("X-Amz-Expires must be non-negative");
  if (seconds > MAX_EXPIRES_SECONDS) {
    throw badQuery(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
    );
  }
  if (signedAt > Date.now() + MAX_SKEW_MS) throw accessDenied("Request is not valid yet");
  refuseExpired(signedAt + seconds * 1000, { "X-Amz-Expires": seconds });
  const [accessKeyId = "", ...scope] = parameter("Credential").split("/");
  const secret = store.context.identity.secretAccessKeyOf(accessKeyId);
  if (secret === undefined) return;
  const canonical = canonicalRequest(request, parameter("SignedHeaders"));
  const toSign = ["AWS4-HMAC-SHA256", parameter("Date"), scope.join("/"), sha256(canonical)].join("\n");
  const expected = hmac(signingKey(secret, scope), toSign).toString("hex");
  const given = parameter("Signature");
  if (given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))) return;
  throw new AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    403,
    {
      AWSAccessKeyId: accessKeyId,
      StringToSign: toSign,
      SignatureProvided: given,
      CanonicalRequest: canonical,
    },
  );
}

/** Signature version 2 says itself when it ends. */
function checkVersionTwo(store: ObjectStore, request: S3Request): void {
  const expires = Number(request.query.get("Expires") ?? "");
  if (!request.query.has("Signature") || !Number.isInteger(expires) || expires === 0) {
    throw accessDenied(
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    );
  }
  refuseExpired(expires * 1000, {});
  const secret = store.context.identity.secretAccessKeyOf(request.query.get("AWSAccessKeyId") ?? "");
  if (secret !== undefined) verifyVersionTwo(request, secret);
}

function refuseExpired(endsAt: number, members: Readonly<Record<string, unknown>>): void {
  if (Date.now() <= endsAt) return;
  throw accessDenied("Request has expired", {
    ...members,
    Expires: new Date(endsAt).toISOString().replace(".000Z", "Z"),
    ServerTime: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
  });
}

function canonicalRequest(request: S3Request, signedHeaders: string): string {
  const path = request.gateway.rawTarget.split("?", 1)[0] ?? "/";
  const query = [...request.query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const headers = signedHeaders
    .split(";")
    .map((name) => `${name}:${(request.header(name) ?? "").trim().replace(/ +/g, " ")}\n`)
    .join("");
  const payload =
    request.query.get("X-Amz-Content-Sha256") ?? request.header("x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
  return [
    request.gateway.method,
    decodeURIComponent(path).split("/").map(encoded).join("/"),
    query,
    headers,
    signedHeaders,
    payload,
  ].join("\n");
}

function signingKey(secret: string, scope: readonly string[]): Buffer {
  return scope.reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function badQuery(message: string): AwsError {
  return new AwsError("AuthorizationQueryParametersError", message, 400);
}
