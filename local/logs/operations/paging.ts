import { AwsError } from "../../gateway/aws-error.ts";

/** One page of a list; the token is the place of the next item. @throws AwsError InvalidParameterException */
export function onePage<T>(
  all: readonly T[],
  { nextToken, limit }: { nextToken?: string | undefined; limit?: number | undefined },
  defaultLimit: number,
): { items: readonly T[]; nextToken: string | undefined } {
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from) || from < 0)
    throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  const to = from + (limit ?? defaultLimit);
  return { items: all.slice(from, to), nextToken: to < all.length ? String(to) : undefined };
}
