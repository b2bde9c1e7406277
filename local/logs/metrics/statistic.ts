import { notImplemented } from "../../gateway/aws-error.ts";
import { type Datum, merged, type Statistics } from "./metric.ts";

const STATISTICS: ReadonlyMap<string, (statistics: Statistics) => number> = new Map([
  ["SampleCount", ({ count }: Statistics) => count],
  ["Sum", ({ sum }: Statistics) => sum],
  ["Average", ({ sum, count }: Statistics) => sum / count],
  ["Minimum", ({ min }: Statistics) => min],
  ["Maximum", ({ max }: Statistics) => max],
]);

/** @throws AwsError NotImplemented for percentiles, trimmed means and the like */
export function statistic(name: string): (statistics: Statistics) => number {
  const found = STATISTICS.get(name);
  if (found === undefined) throw notImplemented(`the CloudWatch statistic ${name}`);
  return found;
}

export interface Point {
  /** Begin of the period, milliseconds since 1970. */
  readonly time: number;
  readonly unit: string;
  readonly statistics: Statistics;
}

/** The values of a span, put together by periods that count from 1970; oldest first. */
export function points(
  data: readonly Datum[],
  { start, end, periodMs, unit }: { start: number; end: number; periodMs: number; unit?: string | undefined },
): Point[] {
  const periods = new Map<number, Point>();
  for (const datum of data) {
    if (datum.timestamp < start || datum.timestamp >= end || (unit !== undefined && datum.unit !== unit))
      continue;
    const time = Math.floor(datum.timestamp / periodMs) * periodMs;
    const known = periods.get(time);
    const statistics = known === undefined ? datum.statistics : merged(known.statistics, datum.statistics);
    periods.set(time, { time, unit: datum.unit, statistics });
  }
  return [...periods.values()].sort((a, b) => a.time - b.time);
}
