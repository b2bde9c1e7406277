import { describe, expect, test } from "@jest/globals";
import { idleMonth } from "#core/costs/idle-month.ts";

const month = (Resources: Parameters<typeof idleMonth>[0]["Resources"]) => idleMonth({ Resources });

describe("a month in which nothing happens", () => {
  test("names the types whose price it does not know, instead of leaving them out in silence", () => {
    const { unknownTypes } = month({ a: { Type: "AWS::RDS::DBInstance" }, b: { Type: "AWS::S3::Bucket" } });

    expect(unknownTypes).toEqual(["AWS::RDS::DBInstance"]);
  });

  test("adds up equal lines and puts the dearest first", () => {
    const { lines, usd } = month({
      gateway: { Type: "AWS::EC2::NatGateway" },
      one: { Type: "AWS::KMS::Key" },
      two: { Type: "AWS::KMS::Key" },
    });

    expect(lines).toEqual([
      { item: "NAT gateway", usd: 32.85 },
      { item: "2 x encryption key", usd: 2 },
    ]);
    expect(usd).toBeCloseTo(34.85);
  });

  test("counts an alarm by its metrics, and an endpoint by its zones", () => {
    const { lines } = month({
      plain: { Type: "AWS::CloudWatch::Alarm", Properties: { MetricName: "Errors" } },
      mathematical: {
        Type: "AWS::CloudWatch::Alarm",
        Properties: { Metrics: [{ MetricStat: {} }, { MetricStat: {} }, { Expression: "a/b" }] },
      },
      gateway: { Type: "AWS::EC2::VPCEndpoint", Properties: { VpcEndpointType: "Gateway" } },
      interface: {
        Type: "AWS::EC2::VPCEndpoint",
        Properties: { VpcEndpointType: "Interface", SubnetIds: ["a", "b"] },
      },
    });

    expect(lines[0]).toEqual({ item: "interface endpoint", usd: 14.6 });
    expect(lines[1]).toMatchObject({ item: "2 x alarm" });
    expect(lines[1]?.usd).toBeCloseTo(0.3);
    expect(lines).toHaveLength(2);
  });

  test("knows what schedules start, and that a queue is asked whether anything comes or not", () => {
    const { lines } = month({
      queue: { Type: "AWS::SQS::Queue" },
      mapping: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: { EventSourceArn: { "Fn::GetAtt": ["queue", "Arn"] } },
      },
      task: {
        Type: "AWS::ECS::TaskDefinition",
        Properties: { Family: "slipway-dev-nightly", Cpu: "1024", Memory: "2048" },
      },
      rule: {
        Type: "AWS::Events::Rule",
        Properties: {
          Name: "slipway-dev-nightly",
          ScheduleExpression: "rate(1 hour)",
          Targets: [{ Arn: { "Fn::GetAtt": ["queue", "Arn"] } }],
        },
      },
      onUploads: { Type: "AWS::Events::Rule", Properties: { Targets: [{ Arn: {} }] } },
    });

    const usdOf = (item: string) => lines.find((line) => line.item === item)?.usd;
    expect(usdOf("queue that a function listens to")).toBeCloseTo(0.2628);
    expect(usdOf("task that runs 730 times for a minute")).toBeCloseTo(0.75, 1);
    expect(usdOf("2 x metric of our own")).toBeCloseTo(0.6);
    expect(lines).toHaveLength(4);
  });
});
