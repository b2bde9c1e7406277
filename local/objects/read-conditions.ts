import { preconditionFailed } from "./errors.ts";
import { unquoted } from "./object-changes.ts";
import type { ObjectVersion } from "./records.ts";

/**
 * Conditions on a read, in S3's order: a true If-Match beats If-Unmodified-Since, a true If-None-Match beats
 * If-Modified-Since. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-reads.html
 * @throws AwsError PreconditionFailed
 */
export function readOutcome(
  version: ObjectVersion,
  header: (name: string) => string | undefined,
): "send" | "not-modified" {
  // Dates in headers have whole seconds.
  const modified = Math.floor(version.modifiedAt / 1000) * 1000;
  const ifMatch = header("if-match");
  const unmodifiedSince = dateOf(header("if-unmodified-since"));
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  const ifNoneMatch = header("if-none-match");
  const modifiedSince = dateOf(header("if-modified-since"));
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, version) ? "not-modified" : "send";
  return modifiedSince !== undefined && modified <= modifiedSince ? "not-modified" : "send";
}

function matches(list: string, version: ObjectVersion): boolean {
  return list
    .split(",")
    .map((etag) => unquoted(etag.replace(/^\s*W\//, "")))
    .some((etag) => etag === "*" || etag === version.etag);
}

/** A date that cannot be read counts as absent. */
function dateOf(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
