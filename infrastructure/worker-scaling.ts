import type { WorkerPolicy } from "#core/pipelines/worker-policy.ts";
import { requestMetricLabel } from "./load-balancer.ts";
import { attribute, ref, sub, type Resource, type Resources } from "./template.ts";

/** The logical ids that scaling is about. */
export interface ScaledService {
  /** What the ids of the scaling itself begin with. */
  readonly id: string;
  readonly service: string;
  readonly queue: string;
}

const PERIOD_SECONDS = 60;
const COOLDOWN_SECONDS = 60;

/**
 * How many workers there are: by target tracking as many as the backlog wants, messages under way counted with those that wait, for
 * whom they are about is at work and must not look idle. Target tracking divides by the running tasks and so cannot leave zero; two
 * steps do that, up with the first message and down when nothing waits or is under way.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
 */
export function workerScaling(scaled: ScaledService, worker: WorkerPolicy): Resources {
  const { id } = scaled;
  return {
    [targetId(scaled)]: scalableTarget(scaled, worker),
    [`${id}BacklogScaling`]: targetTracking(scaled, `${id}-backlog`, {
      TargetValue: worker.backlogPerTask,
      CustomizedMetricSpecification: { Metrics: backlogPerTask(scaled) },
    }),
    ...(worker.min === 0 ? { ...wakeFromZero(scaled), ...backToZero(scaled, worker) } : {}),
    ...(worker.cpuPercent === undefined
      ? {}
      : {
          [`${id}CpuScaling`]: utilization(
            scaled,
            "cpu",
            "ECSServiceAverageCPUUtilization",
            worker.cpuPercent,
          ),
        }),
    ...(worker.memoryPercent === undefined
      ? {}
      : {
          [`${id}MemoryScaling`]: utilization(
            scaled,
            "memory",
            "ECSServiceAverageMemoryUtilization",
            worker.memoryPercent,
          ),
        }),
    ...(worker.requestsPerTask === undefined
      ? {}
      : {
          [`${id}RequestScaling`]: targetTracking(scaled, `${id}-requests`, {
            TargetValue: worker.requestsPerTask,
            PredefinedMetricSpecification: {
              PredefinedMetricType: "ALBRequestCountPerTarget",
              ResourceLabel: requestMetricLabel(id),
            },
          }),
        }),
    ...(worker.steps === undefined ? {} : steps(scaled, worker.steps)),
  };
}

const targetId = ({ id }: ScaledService): string => `${id}ScalableTarget`;

function scalableTarget({ id, service }: ScaledService, { min, max, schedule }: WorkerPolicy): Resource {
  return {
    Type: "AWS::ApplicationAutoScaling::ScalableTarget",
    Properties: {
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
      ResourceId: sub(`service/\${Cluster}/\${${service}.Name}`),
      MinCapacity: min,
      MaxCapacity: max,
      ...(schedule === undefined
        ? {}
        : {
            ScheduledActions: schedule.map(({ at, timeZone, min: least, max: most }, index) => ({
              ScheduledActionName: `${id}-${index + 1}`,
              Schedule: at,
              ...(timeZone === undefined ? {} : { Timezone: timeZone }),
              ScalableTargetAction: {
                ...(least === undefined ? {} : { MinCapacity: least }),
                ...(most === undefined ? {} : { MaxCapacity: most }),
              },
            })),
          }),
    },
  };
}

function targetTracking(scaled: ScaledService, name: string, configuration: object): Resource {
  return policy(scaled, name, {
    PolicyType: "TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration: {
      ...configuration,
      ScaleOutCooldown: COOLDOWN_SECONDS,
      ScaleInCooldown: COOLDOWN_SECONDS,
    },
  });
}

function utilization(scaled: ScaledService, name: string, metric: string, percent: number): Resource {
  return targetTracking(scaled, `${scaled.id}-${name}`, {
    TargetValue: percent,
    PredefinedMetricSpecification: { PredefinedMetricType: metric },
  });
}

function stepScaling(scaled: ScaledService, name: string, configuration: object): Resource {
  return policy(scaled, name, {
    PolicyType: "StepScaling",
    StepScalingPolicyConfiguration: {
      Cooldown: COOLDOWN_SECONDS,
      MetricAggregationType: "Maximum",
      ...configuration,
    },
  });
}

function policy(scaled: ScaledService, PolicyName: string, properties: object): Resource {
  return {
    Type: "AWS::ApplicationAutoScaling::ScalingPolicy",
    Properties: { PolicyName, ScalingTargetId: ref(targetId(scaled)), ...properties },
  };
}

function wakeFromZero(scaled: ScaledService): Resources {
  const { id } = scaled;
  return {
    [`${id}Wake`]: stepScaling(scaled, `${id}-wake`, {
      AdjustmentType: "ExactCapacity",
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
    }),
    [`${id}WakeAlarm`]: alarm(`${id}Wake`, {
      AlarmDescription: "A message waits and no worker runs: the first one is started",
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Threshold: 1,
      EvaluationPeriods: 1,
      Metrics: [
        waitingIn(scaled),
        runningTasks(scaled),
        expression("unattended", "IF(FILL(running, 0) < 1, waiting, 0)"),
      ],
    }),
  };
}

function backToZero(scaled: ScaledService, { emptyMinutes }: WorkerPolicy): Resources {
  const { id } = scaled;
  return {
    [`${id}Rest`]: stepScaling(scaled, `${id}-rest`, {
      AdjustmentType: "ExactCapacity",
      StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: 0 }],
    }),
    [`${id}RestAlarm`]: alarm(`${id}Rest`, {
      AlarmDescription: "Nothing waits and nothing is under way: no worker is needed",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      EvaluationPeriods: emptyMinutes,
      Metrics: [waitingIn(scaled), underWayIn(scaled), expression("backlog", "waiting + underway")],
    }),
  };
}

/** The rungs are told as distances from the alarm's threshold, which is the lowest of them. */
function steps(scaled: ScaledService, rungs: NonNullable<WorkerPolicy["steps"]>): Resources {
  const { id } = scaled;
  const lowest = rungs[0]?.waiting ?? 1;
  return {
    [`${id}Steps`]: stepScaling(scaled, `${id}-steps`, {
      AdjustmentType: "ChangeInCapacity",
      StepAdjustments: rungs.map(({ waiting, addTasks }, index) => {
        const above = rungs[index + 1]?.waiting;
        return {
          MetricIntervalLowerBound: waiting - lowest,
          ...(above === undefined ? {} : { MetricIntervalUpperBound: above - lowest }),
          ScalingAdjustment: addTasks,
        };
      }),
    }),
    [`${id}StepsAlarm`]: alarm(`${id}Steps`, {
      AlarmDescription: "So many messages wait that workers are added at once",
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      Threshold: lowest,
      EvaluationPeriods: 1,
      ...metricOf(scaled, "ApproximateNumberOfMessagesVisible"),
      Statistic: "Maximum",
      Period: PERIOD_SECONDS,
    }),
  };
}

/** An inactive queue tells nothing after some hours, and then nobody is at work. */
function alarm(action: string, properties: object): Resource {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: { ...properties, TreatMissingData: "notBreaching", AlarmActions: [ref(action)] },
  };
}

interface MetricQuery {
  readonly Id: string;
  readonly ReturnData: boolean;
  readonly [member: string]: unknown;
}

function backlogPerTask(scaled: ScaledService): object[] {
  const backlog = expression("backlog", "(waiting + underway) / running");
  // A target tracking policy has a period of its own.
  return [...[waitingIn(scaled), underWayIn(scaled), runningTasks(scaled)].map(withoutPeriod), backlog];
}

function withoutPeriod({ MetricStat, ...query }: MetricQuery & { MetricStat: { Period: number } }): object {
  const { Period: _, ...stat } = MetricStat;
  return { ...query, MetricStat: stat };
}

const waitingIn = (scaled: ScaledService) =>
  query("waiting", metricOf(scaled, "ApproximateNumberOfMessagesVisible"), "Maximum");

const underWayIn = (scaled: ScaledService) =>
  query("underway", metricOf(scaled, "ApproximateNumberOfMessagesNotVisible"), "Maximum");

/**
 * Each running task gives one sample a minute, so their count is the count of tasks, and unlike Container Insights' it costs nothing.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html#cw_running_task_count
 */
const runningTasks = ({ service }: ScaledService) =>
  query(
    "running",
    {
      Namespace: "AWS/ECS",
      MetricName: "CPUUtilization",
      Dimensions: [
        { Name: "ClusterName", Value: ref("Cluster") },
        { Name: "ServiceName", Value: attribute(service, "Name") },
      ],
    },
    "SampleCount",
  );

function metricOf({ queue }: ScaledService, MetricName: string) {
  return {
    Namespace: "AWS/SQS",
    MetricName,
    Dimensions: [{ Name: "QueueName", Value: attribute(queue, "QueueName") }],
  };
}

function query(Id: string, Metric: object, Stat: string) {
  return { Id, MetricStat: { Metric, Stat, Period: PERIOD_SECONDS }, ReturnData: false };
}

function expression(Id: string, Expression: string): MetricQuery {
  return { Id, Expression, Label: Id, ReturnData: true };
}
