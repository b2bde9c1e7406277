import type { BusEvent, CloudContext } from "../../context/cloud-context.ts";
import { dimensionsOf, type MetricDataQuery } from "../metrics/queries.ts";
import { queriesOf, type Alarm, type AlarmState, type MetricAlarm } from "./alarm.ts";

/** One change of an alarm's state. Times are milliseconds since 1970. */
export interface StateChange {
  readonly alarm: Alarm;
  readonly before: {
    readonly state: AlarmState;
    readonly reason: string;
    readonly data?: string;
    readonly at: number;
  };
}

/** SNS messages and mails carry the Region's long name. */
const regionNames: Readonly<Record<string, string>> = { "us-east-1": "US East (N. Virginia)" };
const regionName = (region: string): string => regionNames[region] ?? region;

/** As CloudWatch writes times in messages: 2026-11-22T23:01:00.000+0000 */
export const awsTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "+0000");

export function alarmSubject({ region }: CloudContext, alarm: Alarm): string {
  return `${alarm.state}: "${alarm.input.AlarmName}" in ${regionName(region)}`.slice(0, 99);
}

/**
 * What a topic gets.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export function alarmMessage(context: CloudContext, { alarm, before }: StateChange): string {
  const { input } = alarm;
  return JSON.stringify({
    AlarmName: input.AlarmName,
    AlarmDescription: input.AlarmDescription ?? null,
    AWSAccountId: context.accountId,
    AlarmConfigurationUpdatedTimestamp: awsTime(alarm.configurationUpdatedAt),
    NewStateValue: alarm.state,
    NewStateReason: alarm.stateReason,
    StateChangeTime: awsTime(alarm.stateUpdatedAt),
    Region: regionName(context.region),
    AlarmArn: alarm.arn,
    OldStateValue: before.state,
    OKActions: input.OKActions,
    AlarmActions: input.AlarmActions,
    InsufficientDataActions: input.InsufficientDataActions,
    ...(alarm.kind === "metric" ? { Trigger: trigger(alarm) } : { AlarmRule: alarm.input.AlarmRule }),
  });
}

function trigger({ input }: MetricAlarm): Record<string, unknown> {
  const rules = {
    EvaluationPeriods: input.EvaluationPeriods,
    DatapointsToAlarm: input.DatapointsToAlarm ?? input.EvaluationPeriods,
    ComparisonOperator: input.ComparisonOperator,
    Threshold: input.Threshold,
    TreatMissingData: input.TreatMissingData ?? "missing",
    EvaluateLowSampleCountPercentile: input.EvaluateLowSampleCountPercentile ?? "",
  };
  if (input.Metrics !== undefined) return { Period: 60, ...rules, Metrics: input.Metrics.map(triggerMetric) };
  return {
    MetricName: input.MetricName,
    Namespace: input.Namespace,
    StatisticType: input.Statistic === undefined ? "ExtendedStatistic" : "Statistic",
    ...(input.Statistic === undefined
      ? { ExtendedStatistic: input.ExtendedStatistic }
      : { Statistic: input.Statistic === "SampleCount" ? "SAMPLE_COUNT" : input.Statistic.toUpperCase() }),
    Unit: input.Unit ?? null,
    Dimensions: (input.Dimensions ?? []).map(({ Name, Value }) => ({ value: Value, name: Name })),
    Period: input.Period,
    ...rules,
  };
}

function triggerMetric(query: MetricDataQuery): Record<string, unknown> {
  const { Id, Label, ReturnData, Expression, MetricStat } = query;
  const rest = { Id, ...(Label === undefined ? {} : { Label }), ReturnData };
  if (MetricStat === undefined) return { Expression, ...rest };
  const { Metric, Period, Stat } = MetricStat;
  const Dimensions = Metric.Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));
  return { MetricStat: { Metric: { ...Metric, Dimensions }, Period, Stat }, ...rest };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html */
export function stateChangeEvent({ alarm, before }: StateChange): BusEvent {
  const state = (value: AlarmState, reason: string, at: number, data?: string) => ({
    value,
    reason,
    ...(data === undefined ? {} : { reasonData: data }),
    timestamp: awsTime(at),
  });
  const description =
    alarm.input.AlarmDescription === undefined ? {} : { description: alarm.input.AlarmDescription };
  return {
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    resources: [alarm.arn],
    time: new Date(alarm.stateUpdatedAt).toISOString(),
    detail: {
      alarmName: alarm.input.AlarmName,
      state: state(alarm.state, alarm.stateReason, alarm.stateUpdatedAt, alarm.stateReasonData),
      previousState: state(before.state, before.reason, before.at, before.data),
      configuration:
        alarm.kind === "metric"
          ? { ...description, metrics: queriesOf(alarm.input).map(configuredMetric) }
          : { ...description, alarmRule: alarm.input.AlarmRule },
    },
  };
}

function configuredMetric(query: MetricDataQuery): Record<string, unknown> {
  const { Id: id, Expression, Label, ReturnData: returnData, MetricStat } = query;
  if (MetricStat === undefined) return { id, expression: Expression, label: Label, returnData };
  const { Metric, Period: period, Stat: stat } = MetricStat;
  const metric = { namespace: Metric.Namespace, name: Metric.MetricName, dimensions: dimensionsOf(query) };
  return { id, metricStat: { metric, period, stat }, returnData };
}
