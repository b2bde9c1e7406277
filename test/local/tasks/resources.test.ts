import { DescribeClustersCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type {
  Properties,
  ResourceContext,
  ResourceProvider,
} from "#local/cloudformation/resource-provider.ts";
import {
  executionRole,
  startTaskCloud,
  workerFolder,
  type TaskCloud,
} from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
});
afterAll(() => cloud.stop());

const provider = (type: string): ResourceProvider => {
  const found = cloud.test.service.resources?.find((resource) => resource.type === type);
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
};

const context = (logicalId: string): ResourceContext => ({
  logicalId,
  stackName: "toy",
  stackId: "arn:aws:cloudformation:us-east-1:000000000000:stack/toy/1",
  generateName: () => `toy-${logicalId}-1ABC`,
  unsupported: () => undefined,
});

const describedDefinition = async (taskDefinition: string) =>
  (await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition, include: ["TAGS"] })))
    .taskDefinition;

const describedCluster = async (name: string) =>
  (await cloud.ecs.send(new DescribeClustersCommand({ clusters: [name] }))).clusters?.[0];

/** As a template has it, with numbers and booleans as CloudFormation may give them. */
const properties: Properties = {
  Family: "toy-work",
  RequiresCompatibilities: ["FARGATE"],
  NetworkMode: "awsvpc",
  Cpu: 256,
  Memory: "512",
  ExecutionRoleArn: executionRole,
  RuntimePlatform: { CpuArchitecture: "ARM64", OperatingSystemFamily: "LINUX" },
  EphemeralStorage: { SizeInGiB: "30" },
  Volumes: [{ Name: "scratch" }],
  ContainerDefinitions: [
    {
      Name: "main",
      Image: workerFolder,
      Essential: "true",
      ReadonlyRootFilesystem: true,
      StopTimeout: "120",
      MountPoints: [{ SourceVolume: "scratch", ContainerPath: "/tmp", ReadOnly: false }],
      Environment: [{ Name: "Color", Value: "Blue" }],
      DockerLabels: { "Com.Example": "Kept" },
      LogConfiguration: {
        LogDriver: "awslogs",
        Options: { "awslogs-group": "/tasks", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "run" },
      },
    },
  ],
  Tags: [{ Key: "Team", Value: "Photos" }],
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html */
describe("AWS::ECS::TaskDefinition", () => {
  test("registers a revision whose ARN is its Ref", async () => {
    const { physicalId, attributes } = await provider("AWS::ECS::TaskDefinition").create(
      properties,
      context("Task"),
    );

    expect(physicalId).toBe("arn:aws:ecs:us-east-1:000000000000:task-definition/toy-work:1");
    expect(attributes).toEqual({ TaskDefinitionArn: physicalId });
    expect(await describedDefinition(physicalId)).toMatchObject({
      cpu: "256",
      memory: "512",
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
      ephemeralStorage: { sizeInGiB: 30 },
      containerDefinitions: [
        {
          essential: true,
          stopTimeout: 120,
          environment: [{ name: "Color", value: "Blue" }],
          dockerLabels: { "Com.Example": "Kept" },
          logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/tasks" } },
          mountPoints: [{ sourceVolume: "scratch", containerPath: "/tmp", readOnly: false }],
        },
      ],
    });
  });

  test("is replaced by every change but one of its tags, and deleted by being deregistered", async () => {
    const definitions = provider("AWS::ECS::TaskDefinition");
    const { Tags, ...uses } = definitions.properties;
    const state = await definitions.create({ ...properties, Family: undefined }, context("Other"));
    const updated = await definitions.update(
      state,
      { ...properties, Tags: [] },
      properties,
      context("Other"),
    );

    expect(Object.values(uses).filter((use) => use !== "replace")).toEqual([]);
    expect(Tags).toBe("update");
    expect(updated.physicalId).toMatch(/task-definition\/toy-Other-1ABC:1$/);
    await definitions.delete(state, properties, context("Other"));
    await definitions.delete(state, properties, context("Other"));
    expect(await describedDefinition(state.physicalId)).toMatchObject({ status: "INACTIVE" });
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html */
describe("AWS::ECS::Cluster", () => {
  test("has its name as Ref and its ARN as attribute, and follows an update", async () => {
    const clusters = provider("AWS::ECS::Cluster");
    const given: Properties = {
      CapacityProviders: ["FARGATE"],
      ClusterSettings: [{ Name: "containerInsights", Value: "enabled" }],
    };
    const state = await clusters.create(given, context("Cluster"));
    expect(state).toEqual({
      physicalId: "toy-Cluster-1ABC",
      attributes: { Arn: "arn:aws:ecs:us-east-1:000000000000:cluster/toy-Cluster-1ABC" },
    });
    const changed = {
      CapacityProviders: ["FARGATE", "FARGATE_SPOT"],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: "FARGATE_SPOT", Weight: "2" }],
    };
    await clusters.update(state, changed, given, context("Cluster"));

    expect(await describedCluster(state.physicalId)).toMatchObject({
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 2, base: 0 }],
    });
    await clusters.delete(state, changed, context("Cluster"));
    await clusters.delete(state, changed, context("Cluster"));
    expect(await describedCluster(state.physicalId)).toMatchObject({ status: "INACTIVE" });
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html */
describe("AWS::ECS::ClusterCapacityProviderAssociations", () => {
  test("gives a cluster its providers and takes them away", async () => {
    const associations = provider("AWS::ECS::ClusterCapacityProviderAssociations");
    const given = { Cluster: "jobs", CapacityProviders: ["FARGATE"], DefaultCapacityProviderStrategy: [] };
    const state = await associations.create(given, context("Providers"));
    expect(await describedCluster("jobs")).toMatchObject({ capacityProviders: ["FARGATE"] });
    await associations.delete(state, given, context("Providers"));
    expect(await describedCluster("jobs")).toMatchObject({ capacityProviders: [] });
  });

  test("takes a provider on instances, of which there are none: a launch there is refused by its name", async () => {
    const associations = provider("AWS::ECS::ClusterCapacityProviderAssociations");
    const given = {
      Cluster: "jobs",
      CapacityProviders: ["FARGATE", "renders"],
      DefaultCapacityProviderStrategy: [],
    };
    await associations.create(given, context("Providers"));
    const taskDefinition = await cloud.register({}, { family: "on-instances" });

    await expect(
      cloud.run({ taskDefinition, capacityProviderStrategy: [{ capacityProvider: "renders", weight: 1 }] }),
    ).rejects.toMatchObject({
      name: "UnsupportedFeatureException",
      message: expect.stringContaining("no instances behind the capacity provider renders"),
    });
  });
});

test("AWS::ECS::TaskSet has no provider", () => {
  expect(() => provider("AWS::ECS::TaskSet")).toThrow("no AWS::ECS::TaskSet");
});
