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
  /** Of usage metrics: how much the account may use. */
  readonly quota?: number;
}

export interface Statistics {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** The values themselves with their counts; percentiles need them. Absent where only the statistics were given. */
  readonly values?: readonly (readonly [value: number, count: number])[];
}

export function statisticsOf(values: readonly number[], counts: readonly number[] = []): Statistics {
  return values
    .map((value, index): Statistics => {
      const count = counts[index] ?? 1;
      return { count, sum: value * count, min: value, max: value, values: [[value, count]] };
    })
    .reduce(merged);
}

export function merged(a: Statistics, b: Statistics): Statistics {
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    ...(a.values === undefined || b.values === undefined ? {} : { values: mergedValues(a.values, b.values) }),
  };
}

function mergedValues(
  a: NonNullable<Statistics["values"]>,
  b: NonNullable<Statistics["values"]>,
): NonNullable<Statistics["values"]> {
  const counts = new Map(a);
  for (const [value, count] of b) counts.set(value, (counts.get(value) ?? 0) + count);
  return [...counts];
}

/** A metric by its name, without a value. */
export type MetricName = Pick<Datum, "namespace" | "name" | "dimensions">;

/** What makes two values belong to one metric: namespace, name and all dimensions, in whatever order. */
export function identityOf({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

/** A metric that an AWS service gives by itself, as it stands or was counted now. */
export type Measure = Omit<Datum, "timestamp">;

export function measures(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  values: Readonly<Record<string, number>>,
  unit = "Count",
): Measure[] {
  return Object.entries(values).map(([name, value]) => ({
    namespace,
    name,
    dimensions,
    unit,
    statistics: statisticsOf([value]),
  }));
}

/** Puts together what was counted until CloudWatch asks for it. */
export class MeasureCounter {
  #counted = new Map<string, Measure>();

  add(measured: readonly Measure[]): void {
    for (const each of measured) {
      const identity = identityOf(each);
      const known = this.#counted.get(identity);
      const statistics = known === undefined ? each.statistics : merged(known.statistics, each.statistics);
      this.#counted.set(identity, { ...each, statistics });
    }
  }

  /** Everything since it was last taken. */
  take(): readonly Measure[] {
    const counted = [...this.#counted.values()];
    this.#counted = new Map();
    return counted;
  }
}
