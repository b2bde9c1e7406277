import { invalid } from "../model/shapes.ts";

/** One page of at most 100, as the List operations of ECS give them. The token is the place in the list. */
export function page<T>(
  all: readonly T[],
  { maxResults = 100, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: readonly T[]; nextToken?: string } {
  if (maxResults < 1 || maxResults > 100) throw invalid("maxResults must be between 1 and 100.");
  const from = nextToken === undefined ? 0 : Number(nextToken);
  if (!Number.isInteger(from) || from < 0) throw invalid("Invalid nextToken.");
  const next = from + maxResults;
  return { items: all.slice(from, next), ...(next < all.length ? { nextToken: String(next) } : {}) };
}
