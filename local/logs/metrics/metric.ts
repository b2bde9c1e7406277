/** One value of a metric, or a set of values told by their statistics. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** E.g. Count, Milliseconds; "None" where none is given. */
  readonly unit: string;
  readonly statistics: Statistics;
}

export interface Statistics {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

export function statisticsOf(values: readonly number[], counts: readonly number[] = []): Statistics {
  return values
    .map((value, index) => ({
      count: counts[index] ?? 1,
      sum: value * (counts[index] ?? 1),
      min: value,
      max: value,
    }))
    .reduce(merged);
}

export function merged(a: Statistics, b: Statistics): Statistics {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
  };
}

/** What makes two values belong to one metric: namespace, name and all dimensions, in whatever order. */
export function identityOf({
  namespace,
  name,
  dimensions,
}: Pick<Datum, "namespace" | "name" | "dimensions">): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}
