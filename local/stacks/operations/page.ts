/**
 * One page of a list. The token is the id of the first item of the next page, so that items which come in at the front
 * between two calls are neither repeated nor lost.
 */
export function page<T>(
  items: readonly T[],
  options: { size: number; token: string | undefined; idOf: (item: T) => string },
): { items: T[]; NextToken?: string } {
  const found =
    options.token === undefined ? 0 : items.findIndex((item) => options.idOf(item) === options.token);
  const start = Math.max(found, 0);
  const next = items[start + options.size];
  return {
    items: items.slice(start, start + options.size),
    ...(next === undefined ? {} : { NextToken: options.idOf(next) }),
  };
}
