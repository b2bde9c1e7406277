import { z } from "zod";
import type { Datum, MetricName } from "../../context/metric.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { checkFunctions, evaluate, seriesOf, type Series } from "../math/evaluate.ts";
import { callsOf, parseExpression, referencesOf, type Expression } from "../math/parse.ts";
import { metricName, namespace, number } from "./metric-shapes.ts";
import { points, statistic } from "./statistic.ts";

const dimension = z.object({ Name: z.string(), Value: z.string() });

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
export const metricDataQuery = z.object({
  Id: z.string().regex(/^[a-z]\w*$/, "must begin with a lower-case letter, then letters, digits and _"),
  Label: z.string().optional(),
  ReturnData: z
    .union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")])
    .default(true),
  Expression: z.string().optional(),
  Period: number.optional(),
  AccountId: z.string().optional(),
  MetricStat: z
    .object({
      Metric: z.object({
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: z.array(dimension).max(30).default([]),
      }),
      Period: number,
      Stat: z.string(),
      Unit: z.string().optional(),
    })
    .optional(),
});
export type MetricDataQuery = z.output<typeof metricDataQuery>;

/** Where the values of metrics come from. */
export interface MetricSource {
  data(metric: MetricName): readonly Datum[];
}

/** What of time is looked at: periods of `scale` times their length, from `start` to `end`. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** A time at which a period begins. */
  readonly origin: number;
  /** 1, or less where a minute passes faster. */
  readonly scale: number;
}

/** @throws AwsError ValidationError, NotImplemented; before anything is asked of the metrics */
export function checkQueries(queries: readonly MetricDataQuery[]): void {
  const ids = new Set(queries.map(({ Id }) => Id));
  if (ids.size < queries.length) throw invalid("The values for Id in the metric queries are not unique.");
  for (const query of queries) {
    if ((query.Expression === undefined) === (query.MetricStat === undefined))
      throw invalid(`Exactly one of Expression and MetricStat must be given for '${query.Id}'.`);
    if (query.MetricStat !== undefined) statistic(query.MetricStat.Stat);
    if (query.Expression === undefined) continue;
    const expression = parsed(query.Id, query.Expression);
    checkFunctions(callsOf(expression));
    const unknown = referencesOf(expression).find((id) => !ids.has(id));
    if (unknown !== undefined)
      throw invalid(`Error in expression '${query.Id}': Unknown identifier '${unknown}'.`);
  }
  // Over no time at all: what cannot be evaluated is refused now, not when an alarm is due.
  evaluateQueries(queries, { data: () => [] }, { start: 0, end: 0, origin: 0, scale: 1 });
}

/** Seconds: an expression's own period or the longest of the metrics. */
export function periodOf(queries: readonly MetricDataQuery[]): number {
  const periods = queries.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? []);
  return Math.max(60, ...periods);
}

/** The series of every query, by id. The queries were checked. */
export function evaluateQueries(
  queries: readonly MetricDataQuery[],
  source: MetricSource,
  window: Window,
): ReadonlyMap<string, Series> {
  const found = new Map<string, Series>();
  const periodMs = periodOf(queries) * 1000 * window.scale;
  const times = timesOf(window, periodMs);
  const stats = queries.filter(({ MetricStat }) => MetricStat !== undefined);
  const series = (id: string, asked: readonly string[] = []): Series => {
    const known = found.get(id);
    if (known !== undefined) return known;
    const query = queries.find((each) => each.Id === id);
    if (query === undefined || asked.includes(id))
      throw invalid(`Error in expression '${id}': it refers to itself or to nothing.`);
    const made =
      query.Expression === undefined ? seriesOfStat(query, source, window) : ofExpression(query, asked);
    found.set(id, made);
    return made;
  };
  const ofExpression = (query: MetricDataQuery, asked: readonly string[]): Series => {
    const scope = {
      times,
      series: (id: string) => series(id, [...asked, query.Id]),
      quota: (id: string) =>
        quotaOf(
          stats.find(({ Id }) => Id === id),
          source,
        ),
      metrics: (part: string | undefined) =>
        stats.filter(({ Id }) => Id.includes(part ?? "")).map(({ Id }) => series(Id)),
    };
    return seriesOf(evaluate(parsed(query.Id, query.Expression ?? ""), scope), scope);
  };
  for (const { Id } of queries) series(Id);
  return found;
}

function dataOf(query: MetricDataQuery | undefined, source: MetricSource): readonly Datum[] {
  if (query?.MetricStat === undefined) return [];
  const { Namespace, MetricName } = query.MetricStat.Metric;
  return source.data({ namespace: Namespace, name: MetricName, dimensions: dimensionsOf(query) });
}

function quotaOf(query: MetricDataQuery | undefined, source: MetricSource): number | undefined {
  return dataOf(query, source).at(-1)?.quota;
}

function seriesOfStat(query: MetricDataQuery, source: MetricSource, window: Window): Series {
  if (query.MetricStat === undefined) return new Map();
  const { Period, Stat, Unit } = query.MetricStat;
  const value = statistic(Stat);
  const data = dataOf(query, source);
  const span = { ...window, periodMs: Period * 1000 * window.scale, unit: Unit };
  const entries = points(data, span).flatMap(({ time, statistics }): [number, number][] => {
    const found = value(statistics);
    return found === undefined ? [] : [[time, found]];
  });
  return new Map(entries);
}

function timesOf({ start, end, origin }: Window, periodMs: number): number[] {
  const first = origin + Math.floor((start - origin) / periodMs) * periodMs;
  const count = Math.max(0, Math.ceil((end - first) / periodMs));
  return Array.from({ length: count }, (_, index) => first + index * periodMs);
}

function parsed(id: string, text: string): Expression {
  try {
    return parseExpression(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw invalid(`Error in expression '${id}': ${error.message}`);
    throw error;
  }
}

/** A query's metric in the form that events and mails carry. */
export function dimensionsOf(query: MetricDataQuery): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (query.MetricStat?.Metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value]),
  );
}

const invalid = (message: string): AwsError => new AwsError("ValidationError", message);
