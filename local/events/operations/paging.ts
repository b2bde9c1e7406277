import { AwsError } from "../../gateway/aws-error.ts";

const DEFAULT_PAGE = 100;

/** One page of a list; the token is the place of the next item. @throws AwsError ValidationException */
export function onePage<T>(
  all: readonly T[],
  { NextToken, Limit }: { NextToken?: string | undefined; Limit?: number | undefined },
): { items: readonly T[]; NextToken: string | undefined } {
  const from = NextToken === undefined ? 0 : Number(NextToken);
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError("ValidationException", "Parameter NextToken is not valid.");
  const to = from + (Limit ?? DEFAULT_PAGE);
  return { items: all.slice(from, to), NextToken: to < all.length ? String(to) : undefined };
}
