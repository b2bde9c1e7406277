import { type Datum, identityOf, type MetricName } from "../../context/metric.ts";
import type { MetricSource } from "./queries.ts";

/**
 * What AWS services say of themselves, minute by minute: in memory only, for a time. The rest is asked of `others`.
 */
export class RecentMeasures implements MetricSource {
  readonly #others: MetricSource;
  readonly #keptMinutes: number;
  readonly #data = new Map<string, Datum[]>();

  constructor(others: MetricSource, keptMinutes: number) {
    this.#others = others;
    this.#keptMinutes = keptMinutes;
  }

  add(data: readonly Datum[], minuteMs: number): void {
    for (const datum of data) {
      const identity = identityOf(datum);
      const known = this.#data.get(identity) ?? [];
      known.push(datum);
      const since = datum.timestamp - this.#keptMinutes * minuteMs;
      while ((known[0]?.timestamp ?? since) < since) known.shift();
      this.#data.set(identity, known);
    }
  }

  data(metric: MetricName): readonly Datum[] {
    return this.#data.get(identityOf(metric)) ?? this.#others.data(metric);
  }

  /** One datum of each metric that was measured here. */
  newest(): Datum[] {
    return [...this.#data.values()].flatMap((data) => data.slice(-1));
  }
}
