import { randomUUID } from "node:crypto";
import type { MonitoringPort } from "../../context/cloud-context.ts";
import { serviceIn, validation, type TargetKey, type TargetTracking } from "../model.ts";

/** Scale-in waits for a quarter of an hour below this part of the target. */
const lowPart = 0.9;

interface Wanted {
  readonly key: TargetKey;
  readonly policyArn: string;
  readonly configuration: TargetTracking;
}

/**
 * Makes the alarms that a target tracking policy lives by: three minutes above the target, fifteen below 90 % of it.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
 * @throws AwsError ValidationException, or as PutMetricAlarm does
 */
export function makeTrackingAlarms(
  monitoring: MonitoringPort,
  { key, policyArn, configuration }: Wanted,
): { name: string; arn: string }[] {
  const metric = metricOf(key, configuration);
  const put = (side: string, rule: Record<string, unknown>): { name: string; arn: string } => {
    const name = `TargetTracking-${key.ResourceId}-${side}-${randomUUID()}`;
    const { alarmArn } = monitoring.putAlarm({
      AlarmName: name,
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policyArn}.`,
      AlarmActions: [policyArn],
      ...metric,
      ...rule,
    });
    return { name, arn: alarmArn };
  };
  const { TargetValue: target } = configuration;
  const high = put("AlarmHigh", {
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: target,
    EvaluationPeriods: 3,
  });
  if (configuration.DisableScaleIn) return [high];
  const low = put("AlarmLow", {
    ComparisonOperator: "LessThanThreshold",
    Threshold: Number((target * lowPart).toPrecision(12)),
    EvaluationPeriods: 15,
  });
  return [high, low];
}

function metricOf(key: TargetKey, configuration: TargetTracking): Record<string, unknown> {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } =
    configuration;
  if ((predefined === undefined) === (customized === undefined))
    throw validation(
      "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be given.",
    );
  if (predefined !== undefined) return predefinedMetric(key, predefined);
  const { Metrics, ...metric } = customized ?? {};
  if (Metrics === undefined) return { ...metric, Period: 60 };
  return {
    Metrics: Metrics.map(({ MetricStat, ...query }) => ({
      ...query,
      ...(MetricStat === undefined ? {} : { MetricStat: { ...MetricStat, Period: 60 } }),
    })),
  };
}

function predefinedMetric(
  key: TargetKey,
  { PredefinedMetricType: type, ResourceLabel }: NonNullable<TargetTracking["PredefinedMetricSpecification"]>,
): Record<string, unknown> {
  if (type === "ALBRequestCountPerTarget") {
    const group = ResourceLabel?.slice(ResourceLabel.indexOf("targetgroup/"));
    if (group?.startsWith("targetgroup/") !== true)
      throw validation("ALBRequestCountPerTarget needs a ResourceLabel that names the target group.");
    return {
      Namespace: "AWS/ApplicationELB",
      MetricName: "RequestCountPerTarget",
      Dimensions: [{ Name: "TargetGroup", Value: group }],
      Statistic: "Sum",
      Period: 60,
    };
  }
  const { cluster, service } = serviceIn(key);
  return {
    Namespace: "AWS/ECS",
    MetricName: type === "ECSServiceAverageCPUUtilization" ? "CPUUtilization" : "MemoryUtilization",
    Dimensions: [
      { Name: "ClusterName", Value: cluster },
      { Name: "ServiceName", Value: service },
    ],
    Statistic: "Average",
    Period: 60,
  };
}
