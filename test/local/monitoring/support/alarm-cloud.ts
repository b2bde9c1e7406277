import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type MetricAlarm,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import type { AlarmBreach, BusEvent, CloudContext } from "#local/context/cloud-context.ts";
import { createMonitoringService } from "#local/monitoring/service.ts";
import { startOneService, type ServiceUnderTest } from "#test/local/support/one-service.ts";

export const minute = 60_000;
export const topic = "arn:aws:sns:us-east-1:000000000000:admins";

export interface AlarmCloud {
  readonly test: ServiceUnderTest<ReturnType<typeof createMonitoringService>>;
  readonly cloudwatch: CloudWatchClient;
  readonly events: BusEvent[];
  readonly published: { topicArn: string; subject?: string; body: string }[];
  readonly breaches: (AlarmBreach & { policyArn: string })[];
  readonly clock: { now: number };
  /** Lives through whole minutes, one after the other; before each ends, `values` of the metric "m" are put. */
  minutes(...values: (readonly number[] | number | undefined)[]): Promise<void>;
  put(input?: Partial<PutMetricAlarmCommandInput>): Promise<void>;
  alarm(name?: string): Promise<MetricAlarm>;
  stop(): Promise<void>;
}

/** CloudWatch alone, its clock in the hands of the test: 2026-11-22 12:00:30. */
export async function startAlarmCloud(ports: Partial<CloudContext> = {}): Promise<AlarmCloud> {
  const events: BusEvent[] = [];
  const published: AlarmCloud["published"] = [];
  const breaches: AlarmCloud["breaches"] = [];
  const clock = { now: Date.parse("2026-11-22T12:00:30Z") };
  const test = await startOneService(createMonitoringService, {
    clock: { now: () => clock.now },
    events: { put: async (batch) => void events.push(...batch) },
    topics: { publish: async (topicArn, message) => void published.push({ topicArn, ...message }) },
    scaling: { alarmed: (policyArn, breach) => void breaches.push({ policyArn, ...breach }) },
    ...ports,
  });
  const cloudwatch = new CloudWatchClient({ ...test.client, maxAttempts: 1 });
  return {
    test,
    cloudwatch,
    events,
    published,
    breaches,
    clock,
    async minutes(...values) {
      for (const value of values) {
        const put = value === undefined ? [] : [value].flat();
        if (put.length > 0) {
          const data = put.map((Value) => ({ MetricName: "m", Value, Timestamp: new Date(clock.now) }));
          await cloudwatch.send(new PutMetricDataCommand({ Namespace: "Toy", MetricData: data }));
        }
        clock.now += minute;
        test.service.clockMoved?.();
      }
    },
    async put(input = {}) {
      await cloudwatch.send(new PutMetricAlarmCommand(alarmInput(input)));
    },
    async alarm(name = "too-much") {
      const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
      return MetricAlarms[0] ?? {};
    },
    stop: () => test.stop(),
  };
}

/** Above 10 in one minute of one; `Metrics` takes the place of the one metric. */
export function alarmInput(input: Partial<PutMetricAlarmCommandInput>): PutMetricAlarmCommandInput {
  const metric = { Namespace: "Toy", MetricName: "m", Statistic: "Sum", Period: 60 } as const;
  return {
    AlarmName: "too-much",
    ...(input.Metrics === undefined ? metric : {}),
    EvaluationPeriods: 1,
    Threshold: 10,
    ComparisonOperator: "GreaterThanThreshold",
    AlarmActions: [topic],
    ...input,
  };
}
