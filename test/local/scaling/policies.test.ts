import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
  type RegisterScalableTargetCommandInput,
  type StepScalingPolicyConfiguration,
  type TargetTrackingScalingPolicyConfiguration,
} from "@aws-sdk/client-application-auto-scaling";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createScalingService } from "#local/scaling/service.ts";
import { startOneService, type ServiceUnderTest } from "#test/local/support/one-service.ts";

const key = {
  ServiceNamespace: "ecs",
  ScalableDimension: "ecs:service:DesiredCount",
  ResourceId: "service/jobs/worker",
} as const;

let cloud: ServiceUnderTest<ReturnType<typeof createScalingService>>;
let scaling: ApplicationAutoScalingClient;
let alarms: Record<string, unknown>[];
let service: { desiredCount: number; isDeploying: boolean };
let now: number;
beforeEach(async () => {
  alarms = [];
  service = { desiredCount: 2, isDeploying: false };
  now = Date.parse("2026-11-22T12:00:00Z");
  cloud = await startOneService(createScalingService, {
    clock: { now: () => now },
    services: {
      find: (_cluster, name) => (name === "worker" ? service : undefined),
      setDesiredCount: (_cluster, _name, count) => void (service.desiredCount = count),
    },
    monitoring: {
      scalingMinuteMs: 60_000,
      add: () => undefined,
      putAlarm(input) {
        alarms.push(input);
        return { alarmArn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${String(input["AlarmName"])}` };
      },
      deleteAlarms: (names) =>
        void (alarms = alarms.filter(({ AlarmName }) => !names.includes(String(AlarmName)))),
    },
  });
  scaling = new ApplicationAutoScalingClient({ ...cloud.client, maxAttempts: 1 });
});
afterEach(() => cloud.stop());

const register = (input: Partial<RegisterScalableTargetCommandInput> = {}) =>
  scaling.send(new RegisterScalableTargetCommand({ ...key, MinCapacity: 1, MaxCapacity: 10, ...input }));
const step = async (configuration: Partial<StepScalingPolicyConfiguration> = {}): Promise<string> => {
  const { PolicyARN = "" } = await scaling.send(
    new PutScalingPolicyCommand({
      ...key,
      PolicyName: "steps",
      PolicyType: "StepScaling",
      StepScalingPolicyConfiguration: {
        AdjustmentType: "ChangeInCapacity",
        StepAdjustments: [
          { MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 50, ScalingAdjustment: 1 },
          { MetricIntervalLowerBound: 50, ScalingAdjustment: 4 },
        ],
        ...configuration,
      },
    }),
  );
  return PolicyARN;
};
const track = async (
  configuration: Partial<TargetTrackingScalingPolicyConfiguration> = {},
  PolicyName = "cpu",
): Promise<{ arn: string; high: string; low: string }> => {
  const { PolicyARN = "", Alarms = [] } = await scaling.send(
    new PutScalingPolicyCommand({
      ...key,
      PolicyName,
      PolicyType: "TargetTrackingScaling",
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 50,
        PredefinedMetricSpecification: { PredefinedMetricType: "ECSServiceAverageCPUUtilization" },
        ...configuration,
      },
    }),
  );
  return { arn: PolicyARN, high: Alarms[0]?.AlarmName ?? "", low: Alarms[1]?.AlarmName ?? "" };
};
const alarmed = (arn: string, value: number, alarmName = "mine", threshold = 50): number => {
  cloud.service.alarmed(arn, { alarmName, threshold, value });
  return service.desiredCount;
};

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html */
describe("a scalable target", () => {
  test("brings the service into its bounds, and says so", async () => {
    await register({ MinCapacity: 3 });
    const { ScalingActivities } = await scaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: "ecs" }),
    );

    expect(service.desiredCount).toBe(3);
    expect(ScalingActivities).toMatchObject([
      { Cause: "minimum capacity was set to 3", Description: "Setting desired count to 3.", ...key },
    ]);
  });

  test("keeps what a second registration does not name", async () => {
    await register();
    await scaling.send(new RegisterScalableTargetCommand({ ...key, MaxCapacity: 5 }));
    const { ScalableTargets } = await scaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs" }),
    );

    expect(ScalableTargets).toMatchObject([{ ...key, MinCapacity: 1, MaxCapacity: 5 }]);
  });

  test.each([
    [{ ResourceId: "service/jobs/other" }, "ECS service doesn't exist: service/jobs/other"],
    [{ MinCapacity: 11 }, "Maximum capacity cannot be less than minimum capacity"],
    [{ ServiceNamespace: "dynamodb" }, "The local cloud scales ecs:service:DesiredCount only"],
  ] as const)("%j is refused", async (input, message) => {
    await expect(register(input)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message),
    });
  });

  test("takes its policies and their alarms with it", async () => {
    await register();
    await track();
    const before = alarms.length;
    await scaling.send(new DeregisterScalableTargetCommand(key));

    expect([before, alarms.length]).toEqual([2, 0]);
    await expect(track()).rejects.toMatchObject({ name: "ObjectNotFoundException" });
  });
});

/** https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html */
describe("step scaling", () => {
  test.each([
    [55, 3],
    [100, 6],
    [45, 1],
  ])("of a value of %d takes the step that has it", async (value, expected) => {
    await register();

    expect(alarmed(await step(), value)).toBe(expected);
  });

  test.each([
    ["ExactCapacity", 7, 7],
    ["PercentChangeInCapacity", 100, 4],
    ["PercentChangeInCapacity", 10, 3],
  ] as const)("by %s %d sets %d", async (AdjustmentType, ScalingAdjustment, expected) => {
    await register();
    const arn = await step({
      AdjustmentType,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment }],
    });

    expect(alarmed(arn, 60)).toBe(expected);
  });

  test("scales out again within the cooldown only where that is more than it did", async () => {
    await register();
    const arn = await step({ Cooldown: 60 });
    const counts = [alarmed(arn, 55), alarmed(arn, 55), alarmed(arn, 120)];
    now += 60_000;

    expect([...counts, alarmed(arn, 55)]).toEqual([3, 3, 6, 7]);
  });
});

/** https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html */
describe("target tracking", () => {
  test("of a predefined metric makes alarms on it", async () => {
    await register();
    await track();

    expect(alarms).toMatchObject([
      {
        Namespace: "AWS/ECS",
        MetricName: "CPUUtilization",
        Dimensions: [
          { Name: "ClusterName", Value: "jobs" },
          { Name: "ServiceName", Value: "worker" },
        ],
        Threshold: 50,
        EvaluationPeriods: 3,
      },
      { Threshold: 45, EvaluationPeriods: 15 },
    ]);
  });

  test("keeps capacity in proportion, within the bounds", async () => {
    await register();
    const { arn, high } = await track();
    const first = alarmed(arn, 80, high);
    now += 300_000;

    expect([first, alarmed(arn, 500, high)]).toEqual([4, 10]);
  });

  test("from zero goes to one, whatever the proportion", async () => {
    await register({ MinCapacity: 0 });
    service.desiredCount = 0;
    const { arn, high } = await track();

    expect(alarmed(arn, 5000, high)).toBe(1);
  });

  test("does not scale in while a deployment runs, nor in the cooldown", async () => {
    await register();
    service.desiredCount = 8;
    const { arn, low } = await track();
    service.isDeploying = true;
    const counts = [alarmed(arn, 25, low)];
    service.isDeploying = false;
    counts.push(alarmed(arn, 25, low), alarmed(arn, 25, low));
    now += 300_000;

    expect([...counts, alarmed(arn, 25, low)]).toEqual([8, 4, 4, 2]);
  });

  test("by several policies shrinks only when all of them would", async () => {
    await register();
    service.desiredCount = 8;
    const cpu = await track();
    const memory = await track({}, "memory");
    const counts = [alarmed(cpu.arn, 25, cpu.low)];

    expect([...counts, alarmed(memory.arn, 40, memory.low)]).toEqual([8, 7]);
  });

  test("never shrinks where scale-in is disabled", async () => {
    await register();
    await track({ DisableScaleIn: true });

    expect(alarms).toHaveLength(1);
  });

  test("takes its alarms with it when it is deleted, and makes new ones when it is put again", async () => {
    await register();
    const first = await track();
    const second = await track({ TargetValue: 60 });
    const between = alarms.map(({ AlarmName }) => AlarmName);
    await scaling.send(new DeleteScalingPolicyCommand({ ...key, PolicyName: "cpu" }));

    expect(second.arn).toBe(first.arn);
    expect(between).toEqual([second.high, second.low]);
    expect(alarms).toEqual([]);
  });
});

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-suspend-resume-scaling.html */
describe("a suspended target", () => {
  test("does not scale in the way that is suspended", async () => {
    await register({ SuspendedState: { DynamicScalingOutSuspended: true } });
    const arn = await step();

    expect([alarmed(arn, 60), alarmed(arn, 45)]).toEqual([2, 1]);
  });
});

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html */
describe("a scheduled action", () => {
  test("sets the bounds at its time, once or again and again", async () => {
    await register();
    const put = (ScheduledActionName: string, Schedule: string, MinCapacity: number) =>
      scaling.send(
        new PutScheduledActionCommand({
          ...key,
          ScheduledActionName,
          Schedule,
          ScalableTargetAction: { MinCapacity },
        }),
      );
    await put("morning", "at(2026-11-22T12:30:00)", 4);
    await put("evening", "cron(0 18 * * ? *)", 6);
    const counts = [];
    for (const minutes of [29, 1, 330]) {
      now += minutes * 60_000;
      cloud.service.clockMoved?.();
      counts.push(service.desiredCount);
    }
    await scaling.send(new DeleteScheduledActionCommand({ ...key, ScheduledActionName: "morning" }));
    const { ScheduledActions } = await scaling.send(
      new DescribeScheduledActionsCommand({ ServiceNamespace: "ecs" }),
    );

    expect(counts).toEqual([2, 4, 6]);
    expect(ScheduledActions).toMatchObject([
      { ScheduledActionName: "evening", Schedule: "cron(0 18 * * ? *)" },
    ]);
  });

  test("keeps to the wall clock of its time zone", async () => {
    await register();
    await scaling.send(
      new PutScheduledActionCommand({
        ...key,
        ScheduledActionName: "morning",
        Schedule: "cron(0 14 * * ? *)",
        Timezone: "Europe/Berlin",
        ScalableTargetAction: { MinCapacity: 4 },
      }),
    );
    const counts = [];
    for (const minutes of [59, 1]) {
      now += minutes * 60_000;
      cloud.service.clockMoved?.();
      counts.push(service.desiredCount);
    }

    expect(counts).toEqual([2, 4]);
  });

  test("with a schedule that makes no sense is refused", async () => {
    await register();

    await expect(
      scaling.send(
        new PutScheduledActionCommand({ ...key, ScheduledActionName: "x", Schedule: "each morning" }),
      ),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });
});
