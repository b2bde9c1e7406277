import type { Pipelines } from "#core/pipelines/pipeline.ts";
import { type Metric, ownMetric, queueMetric, vcpuInUse } from "./metrics.ts";
import { logicalName } from "./pipeline-names.ts";
import type { Settings } from "./settings.ts";
import { ref, type Resource, type Resources } from "./template.ts";

/** What the alarms watch. Queues by logical id. */
export interface Watched {
  readonly stage: string;
  readonly settings: Settings;
  readonly pipelines: Pipelines;
  readonly queues: readonly string[];
}

const FIVE_MINUTES = 300;
const MINUTE = 60;

/** The alarms that ship with the stack, as far as the stage's settings have not switched them off; each mails the administrators. */
export function alarms(watched: Watched): Resources {
  return {
    ...oldestMessageAlarms(watched),
    ...deadLetterAlarms(watched),
    ...launchAlarm(watched),
    ...failureAlarms(watched),
    ...vcpuAlarms(watched),
    ...silenceAlarm(watched),
  };
}

export const isDeadLetterQueue = (queue: string): boolean => queue.endsWith("DeadLetterQueue");

function oldestMessageAlarms({
  settings: { alarmOldestMessageMinutes: minutes },
  queues,
  stage,
}: Watched): Resources {
  if (minutes === false) return {};
  return Object.fromEntries(
    queues
      .filter((queue) => !isDeadLetterQueue(queue))
      .map((queue) => [
        `${queue}AgeAlarm`,
        alarm({
          stage,
          says: `A message has waited in ${queue} for ${minutes} minutes. Look at the log of the function that reads it, and whether it is throttled.`,
          watches: simple(queueMetric("ApproximateAgeOfOldestMessage", queue), "Maximum", FIVE_MINUTES),
          threshold: minutes * 60,
        }),
      ]),
  );
}

function deadLetterAlarms({ settings: { alarmDeadLetters }, queues, stage }: Watched): Resources {
  if (alarmDeadLetters === false) return {};
  return Object.fromEntries(
    queues.filter(isDeadLetterQueue).map((queue) => [
      `${queue}DepthAlarm`,
      alarm({
        stage,
        says: `${queue} holds messages that could not be handled. Read one, cure its cause, and send them back with StartMessageMoveTask.`,
        watches: simple(queueMetric("ApproximateNumberOfMessagesVisible", queue), "Maximum", MINUTE),
        threshold: alarmDeadLetters,
      }),
    ]),
  );
}

function launchAlarm({ settings: { alarmLaunchFailures }, stage }: Watched): Resources {
  if (alarmLaunchFailures === false) return {};
  return {
    LaunchFailureAlarm: alarm({
      stage,
      says: `RunTask failed ${alarmLaunchFailures} times and more in each of three times five minutes. The log of dispatch says why; "npx slipway explain" says what that means.`,
      watches: simple(ownMetric(stage, "LaunchesFailed"), "Sum", FIVE_MINUTES),
      threshold: alarmLaunchFailures,
      periods: 3,
    }),
  };
}

/** Fewer than this in a quarter of an hour are a bad file or two, which notices tell of. */
const JOBS_THAT_SAY_SOMETHING = 5;
/** Where nothing is counted there is no value, not a zero. */
const FAILED = "FILL(failed, 0)";
const SUCCEEDED = "FILL(succeeded, 0)";

/** A schedule's few jobs never say something by their share; notices tell of each. */
function failureAlarms({ settings: { alarmFailurePercent }, pipelines, stage }: Watched): Resources {
  if (alarmFailurePercent === false) return {};
  return Object.fromEntries(
    unscheduled(pipelines).map((name) => [
      `${logicalName(name)}FailureAlarm`,
      alarm({
        stage,
        says: `More than ${alarmFailurePercent} % of the jobs of pipeline ${name} failed within a quarter of an hour. "npx slipway jobs --pipeline ${name} --state FAILED" lists them.`,
        watches: {
          Metrics: [
            part("failed", ownMetric(stage, "JobsFailed", name), "Sum", 900),
            part("succeeded", ownMetric(stage, "JobsSucceeded", name), "Sum", 900),
            result(
              `IF(${FAILED} + ${SUCCEEDED} >= ${JOBS_THAT_SAY_SOMETHING}, 100 * ${FAILED} / (${FAILED} + ${SUCCEEDED}), 0)`,
              "percent",
            ),
          ],
        },
        threshold: alarmFailurePercent,
        isAbove: true,
      }),
    ]),
  );
}

function unscheduled(pipelines: Pipelines): string[] {
  return Object.keys(pipelines).filter((name) => pipelines[name]?.source.type !== "schedule");
}

function vcpuAlarms({ settings: { alarmVcpuPercent }, stage }: Watched): Resources {
  if (alarmVcpuPercent === false) return {};
  return Object.fromEntries(
    (["OnDemand", "Spot"] as const).map((kind) => [
      `${kind}VcpuAlarm`,
      alarm({
        stage,
        says: `More than ${alarmVcpuPercent} % of the account's Fargate quota of vCPU (${kind}) are in use. Ask for more at Service Quotas, or lower maxVcpu.`,
        watches: {
          Metrics: [
            part("vcpu", vcpuInUse(kind), "Maximum", FIVE_MINUTES),
            result("100 * vcpu / SERVICE_QUOTA(vcpu)", "percent"),
          ],
        },
        threshold: alarmVcpuPercent,
        isAbove: true,
      }),
    ]),
  );
}

/**
 * Sweep tells every five minutes whether work waits. Where it does not, nobody knows, and that is a breach as well. Before the first
 * sweep of a new stage there is a breach too, which nobody is mailed: its addresses are not confirmed yet.
 */
function silenceAlarm({ settings: { alarmSilenceMinutes: minutes }, stage }: Watched): Resources {
  if (minutes === false) return {};
  return {
    SilenceAlarm: alarm({
      stage,
      says: `Work has been waiting and nothing has succeeded for ${minutes} minutes, or sweep, which would tell, does not run. Look at the logs of dispatch and sweep, and at "npx slipway jobs".`,
      watches: {
        Metrics: [
          part("waiting", ownMetric(stage, "WaitingSeconds"), "Maximum", FIVE_MINUTES),
          part("succeeded", ownMetric(stage, "JobsSucceeded"), "Sum", FIVE_MINUTES),
          result(`IF(waiting > 0 AND ${SUCCEEDED} == 0, 1, 0)`, "silent"),
        ],
      },
      threshold: 1,
      periods: Math.max(1, Math.round(minutes / 5)),
      missing: "breaching",
    }),
  };
}

interface AlarmSpec {
  readonly stage: string;
  readonly says: string;
  readonly watches: object;
  readonly threshold: number;
  /** Above the threshold; else the threshold itself is a breach. */
  readonly isAbove?: boolean;
  readonly periods?: number;
  readonly missing?: "notBreaching" | "breaching";
}

function alarm(spec: AlarmSpec): Resource {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: `Slipway ${spec.stage}: ${spec.says}`,
      ...spec.watches,
      ComparisonOperator: spec.isAbove === true ? "GreaterThanThreshold" : "GreaterThanOrEqualToThreshold",
      Threshold: spec.threshold,
      EvaluationPeriods: spec.periods ?? 1,
      TreatMissingData: spec.missing ?? "notBreaching",
      AlarmActions: [ref("AdminTopic")],
      // No OKActions: every new alarm becomes OK once, and a first deploy would send a mail for each.
    },
  };
}

function simple(metric: Metric, Statistic: "Maximum" | "Sum", Period: number): object {
  return { ...metric, Statistic, Period };
}

function part(Id: string, Metric: Metric, Stat: "Maximum" | "Sum", Period: number): object {
  return { Id, MetricStat: { Metric, Period, Stat }, ReturnData: false };
}

function result(Expression: string, Label: string): object {
  return { Id: "result", Expression, Label, ReturnData: true };
}
