import { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { metricName, namespace, number } from "../metrics/metric-shapes.ts";
import { checkQueries, metricDataQuery, type MetricDataQuery } from "../metrics/queries.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

const boolean = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);
const actions = z.array(z.string()).max(5).default([]);
const comparison = z.enum([
  "GreaterThanOrEqualToThreshold",
  "GreaterThanThreshold",
  "LessThanThreshold",
  "LessThanOrEqualToThreshold",
]);

const shared = {
  AlarmName: z.string().min(1).max(255),
  AlarmDescription: z.string().max(1024).optional(),
  ActionsEnabled: boolean.default(true),
  OKActions: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
};

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export const metricAlarmInput = z.strictObject({
  ...shared,
  MetricName: metricName.optional(),
  Namespace: namespace.optional(),
  Statistic: z.enum(["SampleCount", "Average", "Sum", "Minimum", "Maximum"]).optional(),
  ExtendedStatistic: z.string().optional(),
  Dimensions: z
    .array(z.object({ Name: z.string(), Value: z.string() }))
    .max(30)
    .optional(),
  Period: number.optional(),
  Unit: z.string().optional(),
  Metrics: z.array(metricDataQuery).max(20).optional(),
  EvaluationPeriods: number.pipe(z.int().min(1)),
  DatapointsToAlarm: number.pipe(z.int().min(1)).optional(),
  Threshold: number,
  ComparisonOperator: comparison,
  TreatMissingData: z.enum(["breaching", "notBreaching", "ignore", "missing"]).optional(),
  EvaluateLowSampleCountPercentile: z.enum(["evaluate", "ignore"]).optional(),
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export const compositeAlarmInput = z.strictObject({ ...shared, AlarmRule: z.string().min(1).max(10_240) });

export type MetricAlarmInput = z.output<typeof metricAlarmInput>;
export type CompositeAlarmInput = z.output<typeof compositeAlarmInput>;

interface AlarmStatus {
  readonly arn: string;
  state: AlarmState;
  stateReason: string;
  /** JSON, as AWS gives it; absent at the beginning and where a person set the state. */
  stateReasonData?: string;
  /** Milliseconds since 1970. */
  stateUpdatedAt: number;
  configurationUpdatedAt: number;
}

export interface MetricAlarm extends AlarmStatus {
  readonly kind: "metric";
  input: MetricAlarmInput;
}

export interface CompositeAlarm extends AlarmStatus {
  readonly kind: "composite";
  input: CompositeAlarmInput;
}

export type Alarm = MetricAlarm | CompositeAlarm;

export const alarmArn = (
  { region, accountId }: Pick<CloudContext, "region" | "accountId">,
  name: string,
): string => `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;

/** What a metric alarm looks at, one metric or several, in the one form. */
export function queriesOf(input: MetricAlarmInput): readonly MetricDataQuery[] {
  if (input.Metrics !== undefined) return input.Metrics;
  const { Namespace = "", MetricName = "", Dimensions = [], Period = 60, Unit } = input;
  return [
    {
      Id: "m1",
      ReturnData: true,
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period,
        Stat: input.Statistic ?? input.ExtendedStatistic ?? "",
        ...(Unit === undefined ? {} : { Unit }),
      },
    },
  ];
}

/** @throws AwsError ValidationError, InvalidParameterCombination, NotImplemented */
export function checkMetricAlarm(input: MetricAlarmInput): void {
  if (input.Metrics === undefined) {
    if (input.MetricName === undefined || input.Namespace === undefined)
      throw new AwsError(
        "ValidationError",
        "Exactly one of MetricName with Namespace, or Metrics, must be specified.",
      );
    if ((input.Statistic === undefined) === (input.ExtendedStatistic === undefined))
      throw new AwsError(
        "ValidationError",
        "Exactly one of Statistic or ExtendedStatistic must be specified.",
      );
    if (input.Period === undefined) throw new AwsError("ValidationError", "Period must not be null.");
  } else if (input.MetricName !== undefined) {
    throw new AwsError(
      "InvalidParameterCombination",
      "MetricName must not be set if Metrics list is provided.",
    );
  }
  const queries = queriesOf(input);
  checkQueries(queries);
  for (const { MetricStat } of queries) {
    const period = MetricStat?.Period ?? 60;
    if (![10, 20, 30].includes(period) && period % 60 !== 0)
      throw new AwsError("ValidationError", "Period must be 10, 20, 30 or a multiple of 60.");
  }
  if (queries.filter(({ ReturnData }) => ReturnData).length !== 1)
    throw new AwsError("ValidationError", "Exactly one element of the metrics list should return data.");
  if ((input.DatapointsToAlarm ?? 1) > input.EvaluationPeriods)
    throw new AwsError("ValidationError", "DatapointsToAlarm must not be greater than EvaluationPeriods.");
}

/** Scaling policies among the actions of a state. */
export const isScalingPolicy = (actionArn: string): boolean => actionArn.startsWith("arn:aws:autoscaling:");

/** Alarms of scaling follow the clock of scaling: see monitoring/settings.ts. */
export const belongsToScaling = ({ input }: Alarm): boolean =>
  [...input.AlarmActions, ...input.OKActions, ...input.InsufficientDataActions].some(isScalingPolicy);

export function actionsOf({ input }: Alarm, state: AlarmState): readonly string[] {
  return { OK: input.OKActions, ALARM: input.AlarmActions, INSUFFICIENT_DATA: input.InsufficientDataActions }[
    state
  ];
}
