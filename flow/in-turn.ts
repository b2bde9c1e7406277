/** In the order of their keys, but first those behind the one where an earlier tick had to stop, so that each has its turn. */
export function inTurn<T>(items: readonly T[], behind: string, keyOf: (item: T) => string): T[] {
  const sorted = items.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const first = sorted.findIndex((item) => keyOf(item) > behind);
  return first < 1 ? sorted : [...sorted.slice(first), ...sorted.slice(0, first)];
}
