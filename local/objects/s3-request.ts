import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayRequest } from "../gateway/service.ts";

/** A request in S3's terms. */
export interface S3Request {
  readonly gateway: GatewayRequest;
  /** Empty for the service itself (ListBuckets). */
  readonly bucket: string;
  /** Whether the bucket stood in the host's name and not in the path. */
  readonly virtualHost: boolean;
  /** Decoded; empty where the bucket itself is meant. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** A header by its lower-case name; an empty one counts as absent. */
  header(name: string): string | undefined;
}

const MAX_KEY_BYTES = 1024;

/** `bucket.s3.amazonaws.com`, `bucket.s3.eu-west-1.amazonaws.com`, `bucket.s3.dualstack...`, `bucket.localhost`. */
const VIRTUAL_HOST = /^(?<bucket>.+)\.(?:s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?|localhost)$/;

/**
 * Reads bucket and key from the host and the raw request target: a URL parser would resolve ".." and "//", which are
 * ordinary characters of a key. https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
 * @throws AwsError InvalidURI, KeyTooLongError
 */
export function readS3Request(gateway: GatewayRequest): S3Request {
  const target = gateway.rawTarget;
  const questionMark = target.indexOf("?");
  const path = questionMark < 0 ? target : target.slice(0, questionMark);
  const host = (gateway.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  const hostBucket = VIRTUAL_HOST.exec(host)?.groups?.["bucket"];
  const { bucket, key } =
    hostBucket === undefined ? splitPath(path) : { bucket: hostBucket, key: decode(path.slice(1)) };
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) {
    throw new AwsError("KeyTooLongError", "Your key is too long", 400, {
      Size: size,
      MaxSizeAllowed: MAX_KEY_BYTES,
    });
  }
  return {
    gateway,
    bucket,
    virtualHost: hostBucket !== undefined,
    key,
    query: new URLSearchParams(questionMark < 0 ? "" : target.slice(questionMark + 1)),
    header: (name) => headerOf(gateway, name),
  };
}

function splitPath(path: string): { bucket: string; key: string } {
  const slash = path.indexOf("/", 1);
  if (slash < 0) return { bucket: decode(path.slice(1)), key: "" };
  return { bucket: decode(path.slice(1, slash)), key: decode(path.slice(slash + 1)) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", 400, { URI: text });
  }
}

function headerOf(gateway: GatewayRequest, name: string): string | undefined {
  const value = gateway.headers[name];
  const text = Array.isArray(value) ? value.join(",") : value;
  return text === undefined || text === "" ? undefined : text;
}

/** The first 16 digits of the request's id, in the look of S3's own request ids. */
export function requestIdOf(gateway: GatewayRequest): string {
  return gateway.requestId.replaceAll("-", "").slice(0, 16).toUpperCase();
}
