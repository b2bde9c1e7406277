import { CreateClusterCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Measure } from "#local/context/metric.ts";
import { eventually } from "#test/local/tasks/support/task-cloud.ts";
import {
  serviceWorker,
  startServiceCloud,
  type ServiceCloud,
} from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
beforeEach(async () => {
  cloud = await startServiceCloud();
});
afterEach(() => cloud.stop());

const measured = (namespace: string, name: string): Measure | undefined =>
  cloud.test.service.measures?.gauges?.().find((each) => each.namespace === namespace && each.name === name);
const value = (namespace: string, name: string): number | undefined =>
  measured(namespace, name)?.statistics.sum;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html */
describe("ECS measures of a service", () => {
  test("what its tasks use of what they have", async () => {
    await cloud.register({ image: serviceWorker, environment: [{ name: "BEHAVIOUR", value: "burn" }] });
    await cloud.create();
    await cloud.running(1);
    const cpu = await eventually(
      () =>
        (value("AWS/ECS", "CPUUtilization") ?? 0) > 50 ? measured("AWS/ECS", "CPUUtilization") : undefined,
      "CPU",
      () => cloud.test.service.measures?.gauges?.(),
    );
    const memory = value("AWS/ECS", "MemoryUtilization") ?? 0;

    expect(cpu).toMatchObject({
      unit: "Percent",
      dimensions: { ClusterName: "jobs", ServiceName: "worker" },
    });
    expect(memory).toBeGreaterThan(1);
    expect(memory).toBeLessThan(100);
  });

  test("how many tasks it has, where its cluster has Container Insights", async () => {
    await cloud.create({ desiredCount: 0 });
    const without = value("ECS/ContainerInsights", "RunningTaskCount");
    await cloud.ecs.send(
      new CreateClusterCommand({
        clusterName: "insights",
        settings: [{ name: "containerInsights", value: "enabled" }],
      }),
    );
    await cloud.create({ cluster: "insights", desiredCount: 2 });
    await cloud.running(2);

    expect(without).toBeUndefined();
    expect(value("ECS/ContainerInsights", "DesiredTaskCount")).toBe(2);
    expect(value("ECS/ContainerInsights", "RunningTaskCount")).toBe(2);
  });

  test("what Fargate counts against the quota", async () => {
    await cloud.create({ desiredCount: 2 });
    await cloud.running(2);

    expect(value("AWS/Usage", "ResourceCount")).toBe(0.5);
  });
});
