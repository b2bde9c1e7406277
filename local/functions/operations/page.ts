import { AwsError } from "../../gateway/aws-error.ts";

/** One page by MaxItems and Marker, of at most 50 as in Lambda. @throws AwsError InvalidParameterValueException */
export function page<T>(
  items: readonly T[],
  query: URLSearchParams,
): { items: readonly T[]; rest: { NextMarker?: string } } {
  const start = Number(query.get("Marker") ?? 0);
  if (!Number.isInteger(start) || start < 0) {
    throw new AwsError("InvalidParameterValueException", "The provided marker is invalid.");
  }
  const end = start + Math.min(Number(query.get("MaxItems") ?? MAX_ITEMS), MAX_ITEMS);
  return { items: items.slice(start, end), rest: end < items.length ? { NextMarker: String(end) } : {} };
}

const MAX_ITEMS = 50;
