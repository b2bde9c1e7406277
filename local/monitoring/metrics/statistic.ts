import { notImplemented } from "../../gateway/aws-error.ts";
import { type Datum, merged, type Statistics } from "../../context/metric.ts";

/** Undefined where the values do not tell it: a percentile of statistics without their values. */
export type Statistic = (statistics: Statistics) => number | undefined;

const STATISTICS: ReadonlyMap<string, Statistic> = new Map<string, Statistic>([
  ["SampleCount", ({ count }) => count],
  ["Sum", ({ sum }) => sum],
  ["Average", ({ sum, count }) => sum / count],
  ["Minimum", ({ min }) => min],
  ["Maximum", ({ max }) => max],
]);

/**
 * A statistic by its name, or a percentile such as p99 or p99.9.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 * @throws AwsError NotImplemented for trimmed means and the like
 */
export function statistic(name: string): Statistic {
  const found = STATISTICS.get(name);
  if (found !== undefined) return found;
  const percent = Number(/^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(percent)) throw notImplemented(`the CloudWatch statistic ${name}`);
  return (statistics) => percentile(statistics, percent);
}

/** The smallest value that has at least this share of the values at or below it. */
function percentile({ values, min, max, count }: Statistics, percent: number): number | undefined {
  if (values === undefined) return count === 1 || min === max ? min : undefined;
  let left = Math.max(1, Math.ceil((percent / 100) * count));
  for (const [value, times] of values.toSorted(([a], [b]) => a - b)) {
    left -= times;
    if (left <= 0) return value;
  }
  return max;
}

export interface Point {
  /** Begin of the period, milliseconds since 1970. */
  readonly time: number;
  readonly unit: string;
  readonly statistics: Statistics;
}

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly periodMs: number;
  readonly unit?: string | undefined;
  /** A time at which a period begins; 0, the default, lets them count from 1970. */
  readonly origin?: number;
}

/** The values of a span, put together by periods; oldest first. */
export function points(data: readonly Datum[], { start, end, periodMs, unit, origin = 0 }: Span): Point[] {
  const periods = new Map<number, Point>();
  for (const datum of data) {
    if (datum.timestamp < start || datum.timestamp >= end || (unit !== undefined && datum.unit !== unit))
      continue;
    const time = origin + Math.floor((datum.timestamp - origin) / periodMs) * periodMs;
    const known = periods.get(time);
    const statistics = known === undefined ? datum.statistics : merged(known.statistics, datum.statistics);
    periods.set(time, { time, unit: datum.unit, statistics });
  }
  return [...periods.values()].sort((a, b) => a.time - b.time);
}
