import { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { type Datum, statisticsOf } from "../../context/metric.ts";
import { checked, dimensionList, dimensions, metricName, namespace, number, time } from "./metric-shapes.ts";
import type { MetricStore } from "./metric-store.ts";
import type { RecentMeasures } from "./recent-measures.ts";
import type { MonitoringOperation } from "../protocol/monitoring-protocol.ts";
import { checkQueries, evaluateQueries, metricDataQuery } from "./queries.ts";
import { points, statistic } from "./statistic.ts";

const DEFAULT_PAGE = 500;
const RECENT_MS = 3 * 3_600_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html */
const MAX_POINTS = 1440;

const datum = z.object({
  MetricName: metricName,
  Dimensions: dimensions,
  Timestamp: time.optional(),
  Value: number.optional(),
  Values: z.array(number).min(1).max(150).optional(),
  Counts: z.array(number).optional(),
  StatisticValues: z
    .object({ SampleCount: number, Sum: number, Minimum: number, Maximum: number })
    .optional(),
  Unit: z.string().default("None"),
});

const put = z.object({ Namespace: namespace, MetricData: z.array(datum).min(1).max(1000) });

const list = z.object({
  Namespace: namespace.optional(),
  MetricName: metricName.optional(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string().optional() })).default([]),
  NextToken: z.string().optional(),
  RecentlyActive: z.enum(["PT3H"]).optional(),
});

const statistics = z.object({
  Namespace: namespace,
  MetricName: metricName,
  Dimensions: dimensions,
  StartTime: time,
  EndTime: time,
  Period: number,
  Statistics: z.array(z.string()).default([]),
  ExtendedStatistics: z.array(z.string()).optional(),
  Unit: z.string().optional(),
});

const data = z.object({
  MetricDataQueries: z.array(metricDataQuery).min(1).max(500),
  StartTime: time,
  EndTime: time,
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
});

export function metricOperations(
  context: CloudContext,
  metrics: MetricStore,
  measured: RecentMeasures,
): Readonly<Record<string, MonitoringOperation>> {
  return {
    async PutMetricData(body, request) {
      const input = checked(put, body);
      request.authorize("cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": input.Namespace });
      if (input.Namespace.startsWith("AWS/")) {
        throw new AwsError("InvalidParameterValue", "The value AWS/ for parameter Namespace is invalid.");
      }
      metrics.add(input.MetricData.map((each) => datumOf(input.Namespace, each, context.clock.now())));
      return {};
    },
    async ListMetrics(body, request) {
      const input = checked(list, body);
      request.authorize("cloudwatch:ListMetrics", "*");
      const since = input.RecentlyActive === undefined ? 0 : context.clock.now() - RECENT_MS;
      const found = [...metrics.metrics(), ...measured.newest()]
        .filter((each) => each.timestamp >= since)
        .filter(
          (each) =>
            each.namespace === (input.Namespace ?? each.namespace) &&
            each.name === (input.MetricName ?? each.name),
        )
        .filter((each) =>
          input.Dimensions.every(({ Name, Value }) => {
            const given = each.dimensions[Name];
            return given !== undefined && given === (Value ?? given);
          }),
        );
      const from = Number(input.NextToken ?? 0);
      const page = found.slice(from, from + DEFAULT_PAGE);
      return {
        Metrics: page.map((each) => ({
          Namespace: each.namespace,
          MetricName: each.name,
          Dimensions: dimensionList(each.dimensions),
        })),
        NextToken: from + page.length < found.length ? String(from + page.length) : undefined,
      };
    },
    async GetMetricStatistics(body, request) {
      const input = checked(statistics, body);
      request.authorize("cloudwatch:GetMetricStatistics", "*");
      const periodMs = input.Period * 1000;
      if ((input.EndTime - input.StartTime) / periodMs > MAX_POINTS) {
        throw new AwsError(
          "InvalidParameterCombination",
          `You have requested more than ${MAX_POINTS} data points.`,
        );
      }
      const values = input.Statistics.map((name) => [name, statistic(name)] as const);
      const extended = (input.ExtendedStatistics ?? []).map((name) => [name, statistic(name)] as const);
      const metric = { namespace: input.Namespace, name: input.MetricName, dimensions: input.Dimensions };
      const span = { start: input.StartTime, end: input.EndTime, periodMs, unit: input.Unit };
      return {
        Label: input.MetricName,
        Datapoints: points(measured.data(metric), span).map((point) => ({
          Timestamp: new Date(point.time),
          ...Object.fromEntries(values.map(([name, value]) => [name, value(point.statistics)])),
          ...(extended.length === 0
            ? {}
            : {
                ExtendedStatistics: Object.fromEntries(
                  extended.map(([name, value]) => [name, value(point.statistics)]),
                ),
              }),
          Unit: point.unit,
        })),
      };
    },
    async GetMetricData(body, request) {
      const input = checked(data, body);
      request.authorize("cloudwatch:GetMetricData", "*");
      checkQueries(input.MetricDataQueries);
      const window = { start: input.StartTime, end: input.EndTime, origin: 0, scale: 1 };
      const found = evaluateQueries(input.MetricDataQueries, measured, window);
      const wanted = input.MetricDataQueries.filter(({ ReturnData }) => ReturnData);
      return {
        MetricDataResults: wanted.map(({ Id, Label, MetricStat }) => {
          const ascending = [...(found.get(Id) ?? [])].sort(([a], [b]) => a - b);
          const ordered = input.ScanBy === "TimestampAscending" ? ascending : ascending.toReversed();
          return {
            Id,
            Label: Label ?? MetricStat?.Metric.MetricName ?? Id,
            Timestamps: ordered.map(([at]) => new Date(at)),
            Values: ordered.map(([, value]) => value),
            StatusCode: "Complete",
          };
        }),
        Messages: [],
      };
    },
  };
}

function datumOf(of: string, each: z.output<typeof datum>, now: number): Datum {
  const { StatisticValues: set } = each;
  const values = each.Values ?? (each.Value === undefined ? undefined : [each.Value]);
  if ((values === undefined) === (set === undefined)) {
    throw new AwsError(
      "InvalidParameterCombination",
      "Exactly one of Value, Values and StatisticValues must be given.",
    );
  }
  return {
    namespace: of,
    name: each.MetricName,
    dimensions: each.Dimensions,
    timestamp: each.Timestamp ?? now,
    unit: each.Unit,
    statistics:
      set === undefined
        ? statisticsOf(values ?? [], each.Counts)
        : { count: set.SampleCount, sum: set.Sum, min: set.Minimum, max: set.Maximum },
  };
}
