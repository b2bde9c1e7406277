import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { decodeCbor, encodeCbor } from "#local/monitoring/protocol/cbor.ts";
import { createLogsService } from "#local/logs/service.ts";
import { createMonitoringService } from "#local/monitoring/service.ts";
import { type ServiceUnderTest, startOneService } from "../support/one-service.ts";

let cloud: ServiceUnderTest<ReturnType<typeof createMonitoringService>>;

beforeEach(async () => {
  cloud = await startOneService(createMonitoringService);
});

afterEach(() => cloud.stop());

const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=operator/20261122/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0";

async function json(operation: string, input: object): Promise<Record<string, unknown>> {
  const response = await fetch(cloud.client.endpoint, {
    method: "POST",
    headers: {
      authorization: AUTHORIZATION,
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `GraniteServiceVersion20100801.${operation}`,
    },
    body: JSON.stringify(input),
  });
  return (await response.json()) as Record<string, unknown>;
}

async function cbor(operation: string, input: object): Promise<unknown> {
  const response = await fetch(
    `${cloud.client.endpoint}/service/GraniteServiceVersion20100801/operation/${operation}`,
    {
      method: "POST",
      headers: {
        authorization: AUTHORIZATION,
        "content-type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
      },
      body: new Uint8Array(encodeCbor(input)),
    },
  );
  return decodeCbor(Buffer.from(await response.arrayBuffer()));
}

async function query(form: Record<string, string>): Promise<string> {
  const response = await fetch(cloud.client.endpoint, {
    method: "POST",
    headers: { authorization: AUTHORIZATION, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form),
  });
  return response.text();
}

const MINUTE = Math.floor(Date.now() / 60_000) * 60_000;
const span = { StartTime: MINUTE / 1000 - 60, EndTime: MINUTE / 1000 + 60, Period: 60 };

/**
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
describe("Metrics", () => {
  test("are put together by period and statistic", async () => {
    const Dimensions = [
      { Name: "a", Value: "1" },
      { Name: "b", Value: "2" },
    ];
    const datum = (offset: number, Value: number) => ({
      MetricName: "m",
      Dimensions,
      Timestamp: MINUTE / 1000 + offset,
      Value,
    });
    await json("PutMetricData", { Namespace: "N", MetricData: [datum(1, 1), datum(2, 5), datum(-1, 7)] });
    const Statistics = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"];
    const input = {
      Namespace: "N",
      MetricName: "m",
      Dimensions: Dimensions.toReversed(),
      Statistics,
      ...span,
    };
    expect((await json("GetMetricStatistics", input))["Datapoints"]).toEqual([
      {
        Timestamp: MINUTE / 1000 - 60,
        Sum: 7,
        Average: 7,
        Minimum: 7,
        Maximum: 7,
        SampleCount: 1,
        Unit: "None",
      },
      { Timestamp: MINUTE / 1000, Sum: 6, Average: 3, Minimum: 1, Maximum: 5, SampleCount: 2, Unit: "None" },
    ]);
    expect((await json("GetMetricStatistics", { ...input, Dimensions: [] }))["Datapoints"]).toEqual([]);
    const Metric = { Namespace: "N", MetricName: "m", Dimensions };
    const MetricDataQueries = [{ Id: "x", MetricStat: { Metric, Period: 60, Stat: "Sum" } }];
    expect((await json("GetMetricData", { MetricDataQueries, ...span }))["MetricDataResults"]).toMatchObject([
      { Id: "x", Values: [6, 7], Timestamps: [MINUTE / 1000, MINUTE / 1000 - 60] },
    ]);
    expect(
      await json("GetMetricStatistics", { ...input, Statistics: undefined, ExtendedStatistics: ["p50"] }),
    ).toMatchObject({
      Datapoints: [{ ExtendedStatistics: { p50: 7 } }, { ExtendedStatistics: { p50: 1 } }],
    });
    expect(
      await json("GetMetricStatistics", { ...input, Statistics: undefined, ExtendedStatistics: ["tm90"] }),
    ).toMatchObject({ __type: "NotImplemented" });
    expect(await json("PutMetricData", { Namespace: "AWS/X", MetricData: [datum(0, 1)] })).toMatchObject({
      __type: "InvalidParameterValue",
    });
  });

  test("come out of log lines of the embedded format, and of no others", async () => {
    const line = (members: object) => ({ timestamp: MINUTE, message: JSON.stringify(members) });
    const directive = {
      Namespace: "Shop",
      Dimensions: [["service"], []],
      Metrics: [{ Name: "orders", Unit: "Count" }],
    };
    const _aws = { Timestamp: MINUTE, CloudWatchMetrics: [directive] };
    const logs = createLogsService({ ...cloud.context, monitoring: cloud.service });
    logs.append("g", "s", [
      line({ _aws, service: "a", orders: [2, 3] }),
      line({ _aws, service: "a", orders: "many" }),
      line({ service: "a", orders: 5 }),
      { timestamp: MINUTE, message: 'START {"_aws":1}' },
    ]);
    expect((await json("ListMetrics", { Namespace: "Shop" }))["Metrics"]).toEqual([
      { Namespace: "Shop", MetricName: "orders", Dimensions: [{ Name: "service", Value: "a" }] },
      { Namespace: "Shop", MetricName: "orders", Dimensions: [] },
    ]);
    const input = { Namespace: "Shop", MetricName: "orders", Statistics: ["Sum", "SampleCount"], ...span };
    expect((await json("GetMetricStatistics", input))["Datapoints"]).toMatchObject([
      { Sum: 5, SampleCount: 2, Unit: "Count" },
    ]);
  });

  test("are kept over a restart", async () => {
    await json("PutMetricData", { Namespace: "N", MetricData: [{ MetricName: "m", Value: 1 }] });
    const again = await startOneService(createMonitoringService, { dataDir: cloud.context.dataDir });
    const first = cloud;
    cloud = again;
    expect((await json("ListMetrics", {}))["Metrics"]).toMatchObject([{ Namespace: "N", MetricName: "m" }]);
    await first.stop();
  });

  test("are told over each of CloudWatch's protocols", async () => {
    const Timestamp = new Date(MINUTE);
    await cbor("PutMetricData", {
      Namespace: "N",
      MetricData: [{ MetricName: "m", Timestamp, Value: -1.5 }],
    });
    const times = {
      StartTime: new Date(MINUTE),
      EndTime: new Date(MINUTE + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    };
    expect(await cbor("GetMetricStatistics", { Namespace: "N", MetricName: "m", ...times })).toMatchObject({
      Datapoints: [{ Sum: -1.5, Timestamp }],
    });
    expect(await cbor("PutDashboard", {})).toMatchObject({ __type: "UnknownOperationException" });
    const text = await query({
      Action: "GetMetricStatistics",
      Namespace: "N",
      MetricName: "m",
      StartTime: times.StartTime.toISOString(),
      EndTime: times.EndTime.toISOString(),
      Period: "60",
      "Statistics.member.1": "Sum",
    });
    expect(text).toContain("<Sum>-1.5</Sum>");
  });
});
