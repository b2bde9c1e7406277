import {
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startAlarmCloud, topic, type AlarmCloud } from "#test/local/monitoring/support/alarm-cloud.ts";

let cloud: AlarmCloud;
beforeEach(async () => {
  cloud = await startAlarmCloud();
});
afterEach(() => cloud.stop());

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html */
describe("an alarm", () => {
  test("begins unchecked, goes to ALARM and back, and says why in CloudWatch's words", async () => {
    await cloud.put();
    const first = await cloud.alarm();
    await cloud.minutes([4, 8]);
    const alarming = await cloud.alarm();
    await cloud.minutes(1);
    const calm = await cloud.alarm();

    expect(first).toMatchObject({
      StateValue: "INSUFFICIENT_DATA",
      StateReason: "Unchecked: Initial alarm creation",
      AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:too-much",
    });
    expect(alarming).toMatchObject({
      StateValue: "ALARM",
      StateReason:
        "Threshold Crossed: 1 out of the last 1 datapoints [12.0 (22/11/26 12:00:00)] was greater than the threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).",
    });
    expect(calm).toMatchObject({
      StateValue: "OK",
      StateReason:
        "Threshold Crossed: 1 datapoint [1.0 (22/11/26 12:01:00)] was not greater than the threshold (10.0).",
    });
  });

  test("publishes once a change, with the message that mail readers know", async () => {
    await cloud.put({ OKActions: [topic], AlarmDescription: "too many things" });
    await cloud.minutes(1, 11, 11, 1);

    expect(cloud.published.map(({ subject }) => subject)).toEqual([
      'OK: "too-much" in US East (N. Virginia)',
      'ALARM: "too-much" in US East (N. Virginia)',
      'OK: "too-much" in US East (N. Virginia)',
    ]);
    expect(JSON.parse(cloud.published[1]?.body ?? "")).toEqual({
      AlarmName: "too-much",
      AlarmDescription: "too many things",
      AWSAccountId: "000000000000",
      AlarmConfigurationUpdatedTimestamp: "2026-11-22T12:00:30.000+0000",
      NewStateValue: "ALARM",
      NewStateReason: expect.stringContaining("Threshold Crossed: 1 out of the last 1 datapoints [11.0"),
      StateChangeTime: "2026-11-22T12:02:30.000+0000",
      Region: "US East (N. Virginia)",
      AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:too-much",
      OldStateValue: "OK",
      OKActions: [topic],
      AlarmActions: [topic],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: "m",
        Namespace: "Toy",
        StatisticType: "Statistic",
        Statistic: "SUM",
        Unit: null,
        Dimensions: [],
        Period: 60,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
        ComparisonOperator: "GreaterThanThreshold",
        Threshold: 10,
        TreatMissingData: "missing",
        EvaluateLowSampleCountPercentile: "",
      },
    });
  });

  test("puts its change on the event bus", async () => {
    await cloud.put();
    await cloud.minutes(11);

    expect(cloud.events).toMatchObject([
      {
        source: "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        resources: ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:too-much"],
        detail: {
          alarmName: "too-much",
          state: { value: "ALARM", timestamp: "2026-11-22T12:01:30.000+0000" },
          previousState: { value: "INSUFFICIENT_DATA" },
          configuration: {
            metrics: [
              {
                id: "m1",
                metricStat: {
                  metric: { namespace: "Toy", name: "m", dimensions: {} },
                  period: 60,
                  stat: "Sum",
                },
                returnData: true,
              },
            ],
          },
        },
      },
    ]);
  });

  test("waits for as many bad minutes among the last as it is told", async () => {
    await cloud.put({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    const states: unknown[] = [];
    for (const value of [1, 1, 1, 11, 1, 11, 1, 1]) {
      await cloud.minutes(value);
      states.push((await cloud.alarm()).StateValue);
    }

    expect(states.slice(2)).toEqual(["OK", "OK", "OK", "ALARM", "OK", "OK"]);
  });

  test("compares a percentile", async () => {
    await cloud.put({ Statistic: undefined, ExtendedStatistic: "p90" });
    await cloud.minutes([1, 1, 1, 1, 1, 1, 1, 1, 1, 99]);
    const below = await cloud.alarm();
    await cloud.minutes([1, 1, 99]);

    expect([below.StateValue, (await cloud.alarm()).StateValue]).toEqual(["OK", "ALARM"]);
  });

  test("is refused at once where its metric math could never be evaluated", async () => {
    const MetricStat = { Metric: { Namespace: "Toy", MetricName: "m" }, Period: 60, Stat: "Sum" };
    const alarm = {
      AlarmName: "cannot-be",
      Metrics: [
        { Id: "m1", MetricStat, ReturnData: false },
        { Id: "e1", Expression: "FILL(m1, m1)", ReturnData: true },
      ],
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold" as const,
    };

    await expect(cloud.cloudwatch.send(new PutMetricAlarmCommand(alarm))).rejects.toMatchObject({
      name: "NotImplemented",
    });
  });

  test("is silent while its actions are disabled", async () => {
    await cloud.put();
    await cloud.cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ["too-much"] }));
    await cloud.minutes(11);

    expect((await cloud.alarm()).StateValue).toBe("ALARM");
    expect(cloud.published).toEqual([]);
  });

  test("is set by hand, which is told like any change and undone by the next minute", async () => {
    await cloud.put();
    await cloud.minutes(1);
    await cloud.cloudwatch.send(
      new SetAlarmStateCommand({ AlarmName: "too-much", StateValue: "ALARM", StateReason: "a drill" }),
    );
    const drilled = await cloud.alarm();
    await cloud.minutes(1);

    expect(drilled).toMatchObject({ StateValue: "ALARM", StateReason: "a drill" });
    expect(cloud.published).toHaveLength(1);
    expect((await cloud.alarm()).StateValue).toBe("OK");
  });

  test("remembers what happened to it", async () => {
    await cloud.put();
    await cloud.minutes(11);
    const { AlarmHistoryItems = [] } = await cloud.cloudwatch.send(
      new DescribeAlarmHistoryCommand({ AlarmName: "too-much" }),
    );

    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      `Successfully executed action ${topic}`,
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
      'Alarm "too-much" created',
    ]);
  });

  test("keeps its state over a restart, and is gone when it is deleted", async () => {
    await cloud.put();
    await cloud.minutes(11);
    const again = await startAlarmCloud({ dataDir: cloud.test.context.dataDir });
    const kept = await again.alarm();
    await cloud.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["too-much"] }));
    const gone = await cloud.alarm();
    await again.stop();

    expect(kept).toMatchObject({ AlarmName: "too-much", StateValue: "ALARM" });
    expect(gone).toEqual({});
    await expect(
      cloud.cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ["too-much"] })),
    ).rejects.toMatchObject({ name: "ResourceNotFound" });
  });
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
describe("missing values", () => {
  test.each([
    ["breaching", "ALARM"],
    ["notBreaching", "OK"],
    ["missing", "INSUFFICIENT_DATA"],
    ["ignore", "ALARM"],
  ] as const)("treated as %s lead from ALARM to %s", async (TreatMissingData, state) => {
    await cloud.put({ TreatMissingData });
    await cloud.minutes(11, undefined, undefined, undefined);

    expect((await cloud.alarm()).StateValue).toBe(state);
  });

  test("do not turn an alarm while enough older values are within its reach", async () => {
    await cloud.put({ TreatMissingData: "notBreaching" });
    await cloud.minutes(11, undefined);

    expect((await cloud.alarm()).StateValue).toBe("ALARM");
  });

  test("of a silent heartbeat say so", async () => {
    await cloud.put({ TreatMissingData: "breaching", EvaluationPeriods: 2 });
    await cloud.minutes(undefined);

    expect((await cloud.alarm()).StateReason).toBe(
      "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
    );
  });
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
describe("a composite alarm", () => {
  test("follows its rule and publishes", async () => {
    await cloud.put({ AlarmActions: [] });
    await cloud.put({ AlarmName: "also", Threshold: 20, AlarmActions: [] });
    await cloud.cloudwatch.send(
      new PutCompositeAlarmCommand({
        AlarmName: "both",
        AlarmRule: 'ALARM("too-much") AND NOT (OK(also) OR INSUFFICIENT_DATA(also))',
        AlarmActions: [topic],
      }),
    );
    const states: unknown[] = [];
    for (const value of [11, 21, 1]) {
      await cloud.minutes(value);
      const { CompositeAlarms = [] } = await cloud.cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmTypes: ["CompositeAlarm"] }),
      );
      states.push(CompositeAlarms[0]?.StateValue);
    }

    expect(states).toEqual(["OK", "ALARM", "OK"]);
    expect(cloud.published).toHaveLength(1);
  });

  test("with a rule that makes no sense is refused", async () => {
    await expect(
      cloud.cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: "both", AlarmRule: "ALARM(a) AND" })),
    ).rejects.toMatchObject({ name: "ValidationException" });
  });
});
