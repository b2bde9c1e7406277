import { join } from "node:path";
import { changeSettings } from "../context/change-settings.ts";
import type { CloudContext, MonitoringPort } from "../context/cloud-context.ts";
import type { Measure } from "../context/metric.ts";
import type { LocalService, ServiceMeasures } from "../gateway/service.ts";
import { belongsToScaling } from "./alarms/alarm.ts";
import { AlarmChanges } from "./alarms/alarm-changes.ts";
import { alarmOperations } from "./alarms/alarm-operations.ts";
import { alarmResources } from "./alarms/alarm-resources.ts";
import { AlarmStore } from "./alarms/alarm-store.ts";
import { AlarmEvaluator } from "./alarms/evaluator.ts";
import { metricOperations } from "./metrics/metric-operations.ts";
import { MetricStore } from "./metrics/metric-store.ts";
import { RecentMeasures } from "./metrics/recent-measures.ts";
import { Minutes } from "./minutes.ts";
import { monitoringProtocol } from "./protocol/monitoring-protocol.ts";
import { settings as settingsSchema } from "./settings.ts";

const lookMs = 250;
const realMinuteMs = 60_000;
/** A day of what services measure. */
const keptMinutes = 1440;
/** Enough for every alarm of scaling, which looks back a quarter of an hour. */
const keptScalingMinutes = 60;

/**
 * CloudWatch: metrics that are put, embedded in log lines and given by AWS services themselves; alarms.
 * @param measured the services that give metrics
 */
export function createMonitoringService(
  context: CloudContext,
  measured: () => readonly ServiceMeasures[] = () => [],
): LocalService & MonitoringPort {
  const settings = settingsSchema.parse({});
  const metrics = new MetricStore(join(context.dataDir, "monitoring", "metrics.jsonl"), context.clock.now());
  const minuteMeasures = new RecentMeasures(metrics, keptMinutes);
  const scalingMeasures = new RecentMeasures(metrics, keptScalingMinutes);
  const store = new AlarmStore(context);
  const changes = new AlarmChanges(context, store);
  const evaluator = new AlarmEvaluator(context, store);
  const parts = { context, store, changes, evaluator };
  const minutes = new Minutes();
  const scalingMinutes = new Minutes();
  let timer: NodeJS.Timeout | undefined;

  const gauges = (timestamp: number) =>
    measured().flatMap((service) => (service.gauges?.() ?? []).map(at(timestamp)));
  const look = (): void => {
    const now = context.clock.now();
    metrics.add(measured().flatMap((service) => (service.counts?.() ?? []).map(at(now))));
    const { minuteMs, scalingMinuteMs } = settings;
    for (const end of scalingMinutes.ended(now, scalingMinuteMs)) {
      const scaling = store.all().filter(belongsToScaling);
      if (scaling.length === 0) continue;
      scalingMeasures.add(gauges(end - scalingMinuteMs), scalingMinuteMs);
      evaluator.evaluate(scaling, {
        at: end,
        scale: scalingMinuteMs / realMinuteMs,
        source: scalingMeasures,
      });
    }
    for (const end of minutes.ended(now, minuteMs)) {
      minuteMeasures.add(gauges(end - minuteMs), minuteMs);
      const others = store.all().filter((alarm) => !belongsToScaling(alarm));
      evaluator.evaluate(others, { at: end, scale: minuteMs / realMinuteMs, source: minuteMeasures });
    }
  };

  return {
    name: "monitoring",
    signingNames: ["monitoring"],
    handle: monitoringProtocol({
      ...metricOperations(context, metrics, minuteMeasures),
      ...alarmOperations(parts),
    }),
    resources: alarmResources(parts),
    controls: {
      /** {minuteMs?, scalingMinuteMs?} changes those; answers all. */
      settings: async (input) => changeSettings(settingsSchema, settings, input),
    },
    get scalingMinuteMs() {
      return settings.scalingMinuteMs;
    },
    add: (data) => metrics.add(data),
    putAlarm: (input) => ({ alarmArn: changes.putMetricAlarm(input).arn }),
    deleteAlarms: (names) => changes.delete(names),
    clockMoved: look,
    async start() {
      look();
      timer = setInterval(look, lookMs);
    },
    async stop() {
      clearInterval(timer);
    },
  };
}

const at = (timestamp: number) => (measure: Measure) => ({ ...measure, timestamp });
