import type { Series } from "../math/evaluate.ts";
import type { AlarmState, MetricAlarmInput } from "./alarm.ts";

/** What an alarm looks at: the newest periods, oldest first; undefined where a period has no value. */
export type Datapoints = readonly { readonly time: number; readonly value: number | undefined }[];

export interface Verdict {
  /** Undefined: it stays as it is. */
  readonly state: AlarmState | undefined;
  readonly reason: string;
  /** The values that decided, newest first. */
  readonly recent: readonly { readonly time: number; readonly value: number }[];
}

/** Beyond its evaluation periods an alarm retrieves some more, so that late values do not turn it. */
export const extraPeriods = 2;

type Rules = Pick<
  MetricAlarmInput,
  "EvaluationPeriods" | "DatapointsToAlarm" | "Threshold" | "ComparisonOperator" | "TreatMissingData"
>;

export function datapointsOf(series: Series, times: readonly number[]): Datapoints {
  return times.map((time) => ({ time, value: series.get(time) }));
}

/**
 * The state of an alarm by the tables of "How alarm state is evaluated when data is missing":
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function judge(rules: Rules, datapoints: Datapoints): Verdict {
  const { EvaluationPeriods: periods, TreatMissingData: treatment = "missing" } = rules;
  const needed = rules.DatapointsToAlarm ?? periods;
  const present = datapoints.filter(
    (point): point is { time: number; value: number } => point.value !== undefined,
  );
  const recent = present.slice(-periods).toReversed();
  const breaching = recent.filter(({ value }) => breaches(rules, value));
  const missing = periods - recent.length;
  if (missing > 0 && (treatment === "breaching" || treatment === "notBreaching")) {
    const filled = treatment === "breaching" ? missing : 0;
    const state = breaching.length + filled >= needed ? "ALARM" : "OK";
    if (recent.length > 0)
      return { state, recent, reason: crossed(rules, recent, state, breaching.length + filled) };
    const as = treatment === "breaching" ? "Breaching" : "NonBreaching";
    return {
      state,
      recent,
      reason:
        `Threshold Crossed: no datapoints were received for ${counted(missing, "period")} and ` +
        `${counted(missing, "missing datapoint")} ${missing === 1 ? "was" : "were"} treated as [${as}].`,
    };
  }
  if (recent.length === 0) {
    const reason = `Insufficient Data: ${counted(periods, "datapoint")} ${periods === 1 ? "was" : "were"} unknown.`;
    return { state: treatment === "ignore" ? undefined : "INSUFFICIENT_DATA", recent, reason };
  }
  const alarming = breaching.length >= Math.min(needed, recent.length);
  const state = alarming ? "ALARM" : "OK";
  const reason = crossed(rules, recent, state, breaching.length);
  if (!alarming || missing <= 0) return { state, recent, reason };
  // Fewer values than periods, all of them bad: ALARM only once the oldest of them is as old as the alarm's patience.
  const oldest = datapoints.findIndex(({ time }) => time === breaching.at(-1)?.time);
  const isOldEnough = datapoints.length - oldest >= needed;
  return { state: treatment === "ignore" || !isOldEnough ? undefined : "ALARM", recent, reason };
}

export function breaches({ ComparisonOperator, Threshold }: Rules, value: number): boolean {
  switch (ComparisonOperator) {
    case "GreaterThanThreshold":
      return value > Threshold;
    case "GreaterThanOrEqualToThreshold":
      return value >= Threshold;
    case "LessThanThreshold":
      return value < Threshold;
    case "LessThanOrEqualToThreshold":
      return value <= Threshold;
  }
}

const comparisonWords = {
  GreaterThanThreshold: "greater than",
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
} as const;

/** In CloudWatch's words, e.g. "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (22/11/26 23:01:00)] was greater than …" */
function crossed(rules: Rules, recent: Verdict["recent"], state: AlarmState, breaching: number): string {
  const words = comparisonWords[rules.ComparisonOperator];
  const list = recent.map(({ time, value }) => `${decimal(value)} (${day(time)})`).join(", ");
  const threshold = `the threshold (${decimal(rules.Threshold)})`;
  if (state === "OK") {
    const verb = recent.length === 1 ? "was" : "were";
    return `Threshold Crossed: ${counted(recent.length, "datapoint")} [${list}] ${verb} not ${words} ${threshold}.`;
  }
  const needed = rules.DatapointsToAlarm ?? rules.EvaluationPeriods;
  return (
    `Threshold Crossed: ${breaching} out of the last ${rules.EvaluationPeriods} datapoints [${list}] ` +
    `${breaching === 1 ? "was" : "were"} ${words} ${threshold} (minimum ${counted(needed, "datapoint")} for OK -> ALARM transition).`
  );
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
const decimal = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));

/** 22/11/26 23:01:00 */
function day(time: number): string {
  const [date = "", clock = ""] = new Date(time).toISOString().split("T");
  return `${date.slice(8, 10)}/${date.slice(5, 7)}/${date.slice(2, 4)} ${clock.slice(0, 8)}`;
}
