import { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { checked, number, time } from "../metrics/metric-shapes.ts";
import type { MonitoringOperation } from "../protocol/monitoring-protocol.ts";
import { alarmArn, queriesOf, type Alarm } from "./alarm.ts";
import type { AlarmChanges } from "./alarm-changes.ts";
import type { AlarmStore, HistoryItem } from "./alarm-store.ts";
import type { AlarmEvaluator } from "./evaluator.ts";

const names = z.object({ AlarmNames: z.array(z.string()).max(100) });
const state = z.enum(["OK", "ALARM", "INSUFFICIENT_DATA"]);
const alarmTypes = z.array(z.enum(["MetricAlarm", "CompositeAlarm"])).optional();

const describeInput = z.object({
  AlarmNames: z.array(z.string()).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: alarmTypes,
  StateValue: state.optional(),
  ActionPrefix: z.string().optional(),
  MaxRecords: number.pipe(z.int().min(1).max(100)).default(50),
  NextToken: z.string().optional(),
});

const forMetricInput = z.object({ MetricName: z.string(), Namespace: z.string() });

const historyInput = z.object({
  AlarmName: z.string().optional(),
  AlarmTypes: alarmTypes,
  HistoryItemType: z.enum(["ConfigurationUpdate", "StateUpdate", "Action"]).optional(),
  StartDate: time.optional(),
  EndDate: time.optional(),
  MaxRecords: number.pipe(z.int().min(1).max(100)).default(50),
  NextToken: z.string().optional(),
  ScanBy: z.enum(["TimestampDescending", "TimestampAscending"]).default("TimestampDescending"),
});

const setStateInput = z.object({
  AlarmName: z.string(),
  StateValue: state,
  StateReason: z.string().max(1023),
  StateReasonData: z.string().max(4000).optional(),
});

export interface AlarmParts {
  readonly context: CloudContext;
  readonly store: AlarmStore;
  readonly changes: AlarmChanges;
  readonly evaluator: AlarmEvaluator;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Operations.html */
export function alarmOperations(parts: AlarmParts): Readonly<Record<string, MonitoringOperation>> {
  const { context, store, changes, evaluator } = parts;
  const arnIn = (body: Readonly<Record<string, unknown>>): string =>
    alarmArn(context, typeof body["AlarmName"] === "string" ? body["AlarmName"] : "*");
  return {
    async PutMetricAlarm(body, request) {
      request.authorize("cloudwatch:PutMetricAlarm", arnIn(body));
      changes.putMetricAlarm(body);
      return {};
    },
    async PutCompositeAlarm(body, request) {
      request.authorize("cloudwatch:PutCompositeAlarm", arnIn(body));
      changes.putCompositeAlarm(body);
      evaluator.evaluateComposites();
      return {};
    },
    async DeleteAlarms(body, request) {
      const input = checked(names, body);
      for (const name of input.AlarmNames)
        request.authorize("cloudwatch:DeleteAlarms", alarmArn(context, name));
      for (const name of input.AlarmNames) changes.existing(name);
      changes.delete(input.AlarmNames);
      return {};
    },
    async DescribeAlarms(body, request) {
      const input = checked(describeInput, body);
      request.authorize("cloudwatch:DescribeAlarms", "*");
      const found = store
        .all()
        .filter(({ input: { AlarmName } }) => input.AlarmNames?.includes(AlarmName) ?? true)
        .filter(({ input: { AlarmName } }) => AlarmName.startsWith(input.AlarmNamePrefix ?? ""))
        .filter((alarm) => input.StateValue === undefined || alarm.state === input.StateValue)
        .filter((alarm) => hasAction(alarm, input.ActionPrefix))
        // Composite alarms are told only to those who ask for them.
        .filter(({ kind }) => (input.AlarmTypes ?? ["MetricAlarm"]).includes(typeNames[kind]));
      const { items, NextToken } = page(found, input);
      return {
        MetricAlarms: items.filter(({ kind }) => kind === "metric").map(alarmDocument),
        CompositeAlarms: items.filter(({ kind }) => kind === "composite").map(alarmDocument),
        NextToken,
      };
    },
    async DescribeAlarmsForMetric(body, request) {
      const input = checked(forMetricInput, body);
      request.authorize("cloudwatch:DescribeAlarmsForMetric", "*");
      const found = store
        .all()
        .filter(
          (alarm) =>
            alarm.kind === "metric" &&
            queriesOf(alarm.input).some(
              ({ MetricStat }) =>
                MetricStat?.Metric.MetricName === input.MetricName &&
                MetricStat.Metric.Namespace === input.Namespace,
            ),
        );
      return { MetricAlarms: found.map(alarmDocument) };
    },
    async DescribeAlarmHistory(body, request) {
      const input = checked(historyInput, body);
      request.authorize("cloudwatch:DescribeAlarmHistory", arnIn(body));
      const all = input.AlarmName === undefined ? store.historyOfAll() : store.history(input.AlarmName);
      const found = all
        .filter(({ type }) => (input.HistoryItemType ?? type) === type)
        .filter(({ alarmType }) => (input.AlarmTypes ?? ["MetricAlarm"]).includes(alarmType))
        .filter(
          ({ timestamp }) => timestamp >= (input.StartDate ?? 0) && timestamp <= (input.EndDate ?? Infinity),
        );
      const ordered = input.ScanBy === "TimestampAscending" ? found.toReversed() : found;
      const { items, NextToken } = page(ordered, input);
      return { AlarmHistoryItems: items.map(historyDocument), NextToken };
    },
    async SetAlarmState(body, request) {
      const input = checked(setStateInput, body);
      request.authorize("cloudwatch:SetAlarmState", alarmArn(context, input.AlarmName));
      const alarm = changes.existing(input.AlarmName);
      evaluator.set(alarm, input.StateValue, input.StateReason, input.StateReasonData);
      evaluator.evaluateComposites();
      return {};
    },
    async EnableAlarmActions(body, request) {
      const input = checked(names, body);
      for (const name of input.AlarmNames)
        request.authorize("cloudwatch:EnableAlarmActions", alarmArn(context, name));
      changes.enableActions(input.AlarmNames, true);
      return {};
    },
    async DisableAlarmActions(body, request) {
      const input = checked(names, body);
      for (const name of input.AlarmNames)
        request.authorize("cloudwatch:DisableAlarmActions", alarmArn(context, name));
      changes.enableActions(input.AlarmNames, false);
      return {};
    },
  };
}

const typeNames = { metric: "MetricAlarm", composite: "CompositeAlarm" } as const;

function hasAction({ input }: Alarm, prefix: string | undefined): boolean {
  if (prefix === undefined) return true;
  const all = [...input.AlarmActions, ...input.OKActions, ...input.InsufficientDataActions];
  return all.some((action) => action.startsWith(prefix));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
function alarmDocument(alarm: Alarm): Record<string, unknown> {
  const { Tags: _tags, ...input } = alarm.input;
  return {
    ...input,
    ...(alarm.kind === "metric" && alarm.input.Metrics === undefined
      ? { Dimensions: alarm.input.Dimensions ?? [] }
      : {}),
    AlarmArn: alarm.arn,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configurationUpdatedAt),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    StateReasonData: alarm.stateReasonData,
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Date(alarm.stateUpdatedAt),
  };
}

function historyDocument(item: HistoryItem): Record<string, unknown> {
  return {
    AlarmName: item.alarmName,
    AlarmType: item.alarmType,
    Timestamp: new Date(item.timestamp),
    HistoryItemType: item.type,
    HistorySummary: item.summary,
    HistoryData: item.data,
  };
}

function page<T>(
  all: readonly T[],
  { MaxRecords, NextToken }: { MaxRecords: number; NextToken?: string | undefined },
): { items: readonly T[]; NextToken: string | undefined } {
  const from = Number(NextToken ?? 0);
  const next = from + MaxRecords;
  return { items: all.slice(from, next), NextToken: next < all.length ? String(next) : undefined };
}
