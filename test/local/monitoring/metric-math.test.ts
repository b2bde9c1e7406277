import { GetMetricDataCommand, PutMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startAlarmCloud, type AlarmCloud } from "#test/local/monitoring/support/alarm-cloud.ts";

let cloud: AlarmCloud;
beforeEach(async () => {
  cloud = await startAlarmCloud();
});
afterEach(() => cloud.stop());

const start = Date.parse("2026-11-22T11:00:00Z");

/** One value a minute from 11:00 on; undefined leaves a minute out. */
async function series(MetricName: string, ...values: (number | undefined)[]): Promise<void> {
  const MetricData = values.flatMap((Value, index) =>
    Value === undefined ? [] : [{ MetricName, Value, Timestamp: new Date(start + index * 60_000) }],
  );
  if (MetricData.length > 0)
    await cloud.cloudwatch.send(new PutMetricDataCommand({ Namespace: "Toy", MetricData }));
}

const stat = (Id: string, MetricName = Id): MetricDataQuery => ({
  Id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: "Toy", MetricName }, Period: 60, Stat: "Sum" },
});

async function result(Expression: string, ids = ["m1", "m2"]): Promise<(number | undefined)[]> {
  const { MetricDataResults = [] } = await cloud.cloudwatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(start),
      EndTime: new Date(start + 3 * 60_000),
      ScanBy: "TimestampAscending",
      MetricDataQueries: [...ids.map((id) => stat(id)), { Id: "e1", Expression }],
    }),
  );
  const [{ Timestamps = [], Values = [] } = {}] = MetricDataResults;
  const byTime = new Map(Timestamps.map((time, index) => [time.getTime(), Values[index]]));
  return [0, 1, 2].map((index) => byTime.get(start + index * 60_000));
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html */
describe("metric math", () => {
  test.each([
    ["m1 + m2 * 2", [5, undefined, undefined]],
    ["(m1 + m2) * 2", [6, undefined, undefined]],
    ["m1 / m2", [0.5, undefined, undefined]],
    ["-m1", [-1, -4, -9]],
    ["m1 > 3", [0, 1, 1]],
    ["m1 >= 4 AND m1 < 9", [0, 1, 0]],
    ["FILL(m2, 0)", [2, 0, 0]],
    ["m1 / FILL(m2, 0)", [0.5, undefined, undefined]],
    ["IF(FILL(m2, 0) > 0, m1 / m2, m1)", [0.5, 4, 9]],
    ["SUM(METRICS())", [3, 4, 9]],
    ["MAX([m1, m2])", [2, 4, 9]],
    ["MIN([m1, 5])", [1, 4, 5]],
    ["AVG([m1, m2])", [1.5, 4, 9]],
    ["m1 / MAX(m1)", [1 / 9, 4 / 9, 1]],
    ["CEIL(m1 / 2)", [1, 2, 5]],
  ])("%s", async (expression, expected) => {
    await series("m1", 1, 4, 9);
    await series("m2", 2);

    expect(await result(expression)).toEqual(expected);
  });

  test("divides by no zero", async () => {
    await series("m1", 1, 4, 9);
    await series("m2", 0, 0, 3);

    expect(await result("m1 / m2")).toEqual([undefined, undefined, 3]);
  });

  test.each([
    ["SERVICE_QUOTA(m1 + m2)", "NotImplemented", "SERVICE_QUOTA of anything but a metric's id"],
    ["RATE(m1)", "NotImplemented", "the metric math function RATE"],
    ["FILL(m1, REPEAT)", "ValidationException", "Unknown identifier 'REPEAT'"],
    ["m1 +", "ValidationException", "Error in expression 'e1'"],
    ["m1 + m7", "ValidationException", "Unknown identifier 'm7'"],
    ["m1 ? 2", "ValidationException", "'? 2' is not understood"],
  ])("refuses %s by name", async (expression, name, message) => {
    await expect(result(expression)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  test("decides an alarm", async () => {
    await cloud.put({
      Metrics: [
        {
          Id: "m1",
          ReturnData: false,
          MetricStat: { Metric: { Namespace: "Toy", MetricName: "m" }, Period: 60, Stat: "Sum" },
        },
        { Id: "e1", Expression: "m1 / 2", ReturnData: true },
      ],
    });
    await cloud.minutes(20);
    const below = await cloud.alarm();
    await cloud.minutes(21);

    expect([below.StateValue, (await cloud.alarm()).StateValue]).toEqual(["OK", "ALARM"]);
  });
});
