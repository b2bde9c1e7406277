import { invalidArgument } from "./errors.ts";
import type { S3Request } from "./s3-request.ts";

/** What all listings of S3 have in common. */
export interface ListingQuery {
  readonly prefix: Buffer;
  readonly delimiter: Buffer;
  /** At most 1000. */
  readonly max: number;
  /** Encodes a key where encoding-type=url was asked for. */
  encode(key: Buffer | string): string;
  readonly encodingType: string | undefined;
}

const MAX_PAGE = 1000;

/** @param maxParameter max-keys, max-uploads or max-parts. @throws AwsError InvalidArgument */
export function readListingQuery(request: S3Request, maxParameter: string): ListingQuery {
  const encodingType = request.query.get("encoding-type") ?? undefined;
  if (encodingType !== undefined && encodingType !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
  }
  return {
    prefix: Buffer.from(request.query.get("prefix") ?? ""),
    delimiter: Buffer.from(request.query.get("delimiter") ?? ""),
    max: pageSize(request, maxParameter),
    encode: (key) => (encodingType === "url" ? urlEncoded(String(key)) : String(key)),
    encodingType,
  };
}

/** @throws AwsError InvalidArgument */
export function pageSize(request: S3Request, parameter: string): number {
  const text = request.query.get(parameter);
  if (text === null || text === "") return MAX_PAGE;
  if (!/^\d+$/.test(text) || Number(text) > 2 ** 31 - 1) {
    throw invalidArgument(
      `Argument ${parameter} must be an integer between 0 and 2147483647`,
      parameter,
      text,
    );
  }
  return Math.min(Number(text), MAX_PAGE);
}

/** The part of the key up to the first delimiter behind the prefix, if there is one. */
export function commonPrefixOf(key: Buffer, query: ListingQuery): Buffer | undefined {
  if (query.delimiter.length === 0) return undefined;
  const at = key.indexOf(query.delimiter, query.prefix.length);
  return at < 0 ? undefined : key.subarray(0, at + query.delimiter.length);
}

export function startsWith(key: Buffer, prefix: Buffer): boolean {
  return key.length >= prefix.length && key.subarray(0, prefix.length).equals(prefix);
}

/** The first byte string behind all that begin with these bytes; none where there is no such. */
export function successorOf(prefix: Buffer): Buffer | undefined {
  for (let last = prefix.length - 1; last >= 0; last -= 1) {
    const byte = prefix[last] ?? 0;
    if (byte < 255) return Buffer.concat([prefix.subarray(0, last), Buffer.of(byte + 1)]);
  }
  return undefined;
}

export function laterOf(a: Buffer, b: Buffer): Buffer {
  return Buffer.compare(a, b) >= 0 ? a : b;
}

/** A form's encoding with S3's exceptions: "/" and "*" stay, a space becomes "+". */
function urlEncoded(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}
