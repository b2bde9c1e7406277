import type { CloudContext } from "../../context/cloud-context.ts";
import { evaluateQueries, periodOf, type MetricSource } from "../metrics/queries.ts";
import { queriesOf, type Alarm, type AlarmState, type MetricAlarm } from "./alarm.ts";
import { AlarmActions, returnedId } from "./alarm-actions.ts";
import { awsTime } from "./alarm-messages.ts";
import type { AlarmStore } from "./alarm-store.ts";
import { parseRule } from "./composite-rule.ts";
import { datapointsOf, extraPeriods, judge, type Verdict } from "./judge.ts";

/** When and by what an alarm is looked at. */
export interface Occasion {
  /** End of the newest period, milliseconds since 1970. */
  readonly at: number;
  /** How long a minute is, in parts of a real one. */
  readonly scale: number;
  readonly source: MetricSource;
}

/** Holds alarms against their metrics and each other. */
export class AlarmEvaluator {
  readonly #context: CloudContext;
  readonly #store: AlarmStore;
  readonly #actions: AlarmActions;

  constructor(context: CloudContext, store: AlarmStore) {
    this.#context = context;
    this.#store = store;
    this.#actions = new AlarmActions(context, store);
  }

  evaluate(alarms: readonly Alarm[], occasion: Occasion): void {
    for (const alarm of alarms) if (alarm.kind === "metric") this.#evaluateMetric(alarm, occasion);
    this.evaluateComposites();
  }

  evaluateComposites(): void {
    for (const alarm of this.#store.all()) {
      if (alarm.kind !== "composite") continue;
      const holds = parseRule(alarm.input.AlarmRule)((name) => this.#store.find(name)?.state);
      const state = holds ? "ALARM" : "OK";
      if (state === alarm.state) continue;
      this.set(
        alarm,
        state,
        `${alarm.arn} transitioned to ${state}: the rule ${alarm.input.AlarmRule} ${holds ? "holds" : "does not hold"}.`,
      );
    }
  }

  /** Changes the state and tells; also for SetAlarmState. */
  set(alarm: Alarm, state: AlarmState, reason: string, data?: string): void {
    const now = this.#context.clock.now();
    const before = {
      state: alarm.state,
      reason: alarm.stateReason,
      at: alarm.stateUpdatedAt,
      ...(alarm.stateReasonData === undefined ? {} : { data: alarm.stateReasonData }),
    };
    Object.assign(alarm, { state, stateReason: reason, stateUpdatedAt: now });
    if (data === undefined) delete alarm.stateReasonData;
    else alarm.stateReasonData = data;
    const changed = before.state !== state;
    this.#store.save(alarm, changed ? stateUpdate(alarm, before, now) : undefined);
    if (changed) this.#actions.changed({ alarm, before });
  }

  #evaluateMetric(alarm: MetricAlarm, { at, scale, source }: Occasion): void {
    const queries = queriesOf(alarm.input);
    const periodMs = periodOf(queries) * 1000 * scale;
    const count = alarm.input.EvaluationPeriods + extraPeriods;
    const times = Array.from({ length: count }, (_, index) => at - (count - index) * periodMs);
    const window = { start: times[0] ?? at, end: at, origin: at, scale };
    const series =
      evaluateQueries(queries, source, window).get(returnedId(alarm)) ?? new Map<number, number>();
    const verdict = judge(alarm.input, datapointsOf(series, times));
    if (verdict.state !== undefined && verdict.state !== alarm.state) {
      this.set(alarm, verdict.state, verdict.reason, reasonData(alarm, verdict, at));
    }
    this.#actions.scale(alarm, verdict.recent[0]?.value);
  }
}

function stateUpdate(
  alarm: Alarm,
  before: { state: AlarmState; reason: string; data?: string },
  timestamp: number,
) {
  const stateOf = (stateValue: AlarmState, stateReason: string, data: string | undefined) => ({
    stateValue,
    stateReason,
    ...(data === undefined ? {} : { stateReasonData: JSON.parse(data) as unknown }),
  });
  return {
    timestamp,
    type: "StateUpdate",
    summary: `Alarm updated from ${before.state} to ${alarm.state}`,
    data: JSON.stringify({
      version: "1.0",
      oldState: stateOf(before.state, before.reason, before.data),
      newState: stateOf(alarm.state, alarm.stateReason, alarm.stateReasonData),
    }),
  } as const;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html, reasonData of its examples */
function reasonData(alarm: MetricAlarm, { recent }: Verdict, at: number): string {
  const { Statistic, Period, Threshold } = alarm.input;
  return JSON.stringify({
    version: "1.0",
    queryDate: awsTime(at),
    ...(recent.length === 0 ? {} : { startDate: awsTime(recent.at(-1)?.time ?? at) }),
    ...(Statistic === undefined ? {} : { statistic: Statistic }),
    ...(Period === undefined ? {} : { period: Period }),
    recentDatapoints: recent.map(({ value }) => value).toReversed(),
    threshold: Threshold,
    evaluatedDatapoints: recent.map(({ time, value }) => ({ timestamp: awsTime(time), value })),
  });
}
