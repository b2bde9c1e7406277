import { MEASURED_SERVICE, type Measure } from "#core/ports/measures.ts";
import { attribute, type Intrinsic } from "./template.ts";

/* The metrics that alarms and dashboard look at. */

/** One namespace a stage, so that two stages of an account are counted apart; serverless.yml sets the same for the functions. */
export function namespaceOf(stage: string): string {
  return `Slipway/${stage}`;
}

export interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { Name: string; Value: string | Intrinsic }[];
}

export function ownMetric(stage: string, MetricName: Measure, pipeline?: string): Metric {
  return {
    Namespace: namespaceOf(stage),
    MetricName,
    Dimensions: [
      { Name: "service", Value: MEASURED_SERVICE },
      ...(pipeline === undefined ? [] : [{ Name: "pipeline", Value: pipeline }]),
    ],
  };
}

export function queueMetric(
  MetricName: "ApproximateAgeOfOldestMessage" | "ApproximateNumberOfMessagesVisible",
  queue: string,
): Metric {
  return {
    Namespace: "AWS/SQS",
    MetricName,
    Dimensions: [{ Name: "QueueName", Value: attribute(queue, "QueueName") }],
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/monitoring-fargate-usage.html */
export function vcpuInUse(kind: "OnDemand" | "Spot"): Metric {
  return {
    Namespace: "AWS/Usage",
    MetricName: "ResourceCount",
    Dimensions: [
      { Name: "Service", Value: "Fargate" },
      { Name: "Type", Value: "Resource" },
      { Name: "Resource", Value: "vCPU" },
      { Name: "Class", Value: `Standard/${kind}` },
    ],
  };
}
