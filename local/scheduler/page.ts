import { AwsError } from "../gateway/aws-error.ts";

const DEFAULT_SIZE = 100;

/** One page by MaxResults and NextToken. @throws AwsError ValidationException */
export function page<T>(
  items: readonly T[],
  query: URLSearchParams,
): { items: T[]; rest: { NextToken?: string } } {
  const start = Number(query.get("NextToken") ?? 0);
  if (!Number.isInteger(start)) throw new AwsError("ValidationException", "Invalid NextToken.");
  const end = start + Number(query.get("MaxResults") ?? DEFAULT_SIZE);
  return { items: items.slice(start, end), rest: end < items.length ? { NextToken: String(end) } : {} };
}
