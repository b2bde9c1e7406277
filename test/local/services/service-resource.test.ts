import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type {
  Properties,
  ResourceContext,
  ResourceProvider,
} from "#local/cloudformation/resource-provider.ts";
import {
  serviceWorker,
  startServiceCloud,
  type ServiceCloud,
} from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
let provider: ResourceProvider;
beforeEach(async () => {
  cloud = await startServiceCloud();
  const found = cloud.test.service.resources?.find(({ type }) => type === "AWS::ECS::Service");
  if (found === undefined) throw new Error("no AWS::ECS::Service");
  provider = found;
});
afterEach(() => cloud.stop());

const context: ResourceContext = {
  logicalId: "Worker",
  stackName: "toy",
  stackId: "arn:aws:cloudformation:us-east-1:000000000000:stack/toy/1",
  generateName: () => "toy-Worker-1ABC",
  unsupported: () => undefined,
};

/** As a template has it, with numbers and booleans as CloudFormation may give them. */
const properties: Properties = {
  Cluster: "arn:aws:ecs:us-east-1:000000000000:cluster/jobs",
  TaskDefinition: "worker",
  LaunchType: "FARGATE",
  DesiredCount: "1",
  EnableECSManagedTags: "true",
  NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ["subnet-1"], AssignPublicIp: "ENABLED" } },
  DeploymentConfiguration: {
    MaximumPercent: "200",
    MinimumHealthyPercent: 100,
    DeploymentCircuitBreaker: { Enable: "true", Rollback: true },
  },
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html */
describe("AWS::ECS::Service", () => {
  test("is there when its tasks run; Ref is the ARN", async () => {
    const state = await provider.create(properties, context);
    const serviceArn = "arn:aws:ecs:us-east-1:000000000000:service/jobs/toy-Worker-1ABC";

    expect(state).toEqual({
      physicalId: serviceArn,
      attributes: { ServiceArn: serviceArn, Name: "toy-Worker-1ABC" },
    });
    expect(await cloud.service("toy-Worker-1ABC")).toMatchObject({
      desiredCount: 1,
      runningCount: 1,
      enableECSManagedTags: true,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
  });

  test("keeps the count that scaling gave it where the template names none", async () => {
    const { DesiredCount: _, ...withoutCount } = properties;
    const state = await provider.create({ ...properties, DesiredCount: 2 }, context);
    const second = await cloud.register({ image: serviceWorker });
    await provider.update(state, { ...withoutCount, TaskDefinition: second }, withoutCount, context);

    expect(await cloud.service("toy-Worker-1ABC")).toMatchObject({
      desiredCount: 2,
      runningCount: 2,
      taskDefinition: second,
    });
  });

  test("fails in CloudFormation's words when the circuit breaker strikes", async () => {
    const state = await provider.create(properties, context);
    const TaskDefinition = await cloud.register({ image: "/nowhere/image" });

    await expect(
      provider.update(state, { ...properties, TaskDefinition }, properties, context),
    ).rejects.toMatchObject({
      message: "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.",
    });
  });

  test("is gone with all of its tasks when it is deleted", async () => {
    const state = await provider.create(properties, context);
    await provider.delete(state, properties, context);

    expect(cloud.tasks().map(({ lastStatus, stopCode }) => ({ lastStatus, stopCode }))).toEqual([
      { lastStatus: "STOPPED", stopCode: "ServiceSchedulerInitiated" },
    ]);
    expect(await cloud.service("toy-Worker-1ABC")).toMatchObject({ status: "INACTIVE", deployments: [] });
    await provider.delete(state, properties, context);
  });

  test("is a new one for another cluster, name or launch type only", () => {
    const replacing = Object.entries(provider.properties).filter(([, use]) => use === "replace");

    expect(replacing.map(([name]) => name)).toEqual([
      "Cluster",
      "DeploymentController",
      "LaunchType",
      "SchedulingStrategy",
      "ServiceName",
    ]);
  });
});
