import { z } from "zod";
import { type Datum, statisticsOf } from "../context/metric.ts";

const directive = z.object({
  Namespace: z.string().min(1).max(1024),
  Dimensions: z.array(z.array(z.string()).max(30)),
  Metrics: z.array(z.object({ Name: z.string().min(1), Unit: z.string().optional() })).max(100),
});

const document = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(directive) }),
});

const value = z.union([z.number().transform((one) => [one]), z.array(z.number()).min(1).max(100)]);
const dimension = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);

/**
 * The metrics in a log line, where it is a document of the embedded metric format; nothing where it is not.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(message: string): Datum[] {
  if (!message.startsWith("{") || !message.includes('"_aws"')) return [];
  const parsed = document.safeParse(parseJson(message));
  if (!parsed.success) return [];
  const { _aws: aws, ...members } = parsed.data;
  return aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => {
    // A directive without dimension sets is a metric without dimensions.
    const sets = Dimensions.length === 0 ? [[]] : Dimensions;
    return sets.flatMap((names) => {
      const dimensions = names.map((name) => [name, dimension.safeParse(members[name]).data] as const);
      if (dimensions.some(([, text]) => text === undefined)) return [];
      return Metrics.flatMap(({ Name, Unit }): Datum[] => {
        const values = value.safeParse(members[Name]);
        if (!values.success) return [];
        return [
          {
            namespace: Namespace,
            name: Name,
            dimensions: Object.fromEntries(dimensions) as Record<string, string>,
            timestamp: aws.Timestamp,
            unit: Unit ?? "None",
            statistics: statisticsOf(values.data),
          },
        ];
      });
    });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
