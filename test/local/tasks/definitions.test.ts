import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeTaskDefinitionCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  PutClusterCapacityProvidersCommand,
  TagResourceCommand,
  UntagResourceCommand,
  CreateTaskSetCommand,
  type ContainerDefinition,
  type RegisterTaskDefinitionCommandInput,
} from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { behave, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.control("settings", { throttling: false });
});
afterAll(() => cloud.stop());

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
describe("task definitions", () => {
  test("have revisions that are never given twice; a family is its latest active one", async () => {
    const first = await cloud.register({}, { family: "revisions" });
    const second = await cloud.register({}, { family: "revisions" });
    await cloud.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: second }));
    const latest = await cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "revisions" }));

    expect(latest.taskDefinition).toMatchObject({ taskDefinitionArn: first, revision: 1, status: "ACTIVE" });
    expect(await cloud.register({}, { family: "revisions" })).toMatch(/revisions:3$/);
    await expect(cloud.run({ taskDefinition: second })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "TaskDefinition is inactive",
    });
  });

  test("are listed by family and status", async () => {
    const active = await cloud.register({}, { family: "listed" });
    const inactive = await cloud.register({}, { family: "listed" });
    await cloud.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: inactive }));
    const list = async (status: "ACTIVE" | "INACTIVE") =>
      (await cloud.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix: "listed", status })))
        .taskDefinitionArns;

    expect(await list("ACTIVE")).toEqual([active]);
    expect(await list("INACTIVE")).toEqual([inactive]);
  });

  test("are described as they were given, with AWS' defaults", async () => {
    await cloud.register(
      { readonlyRootFilesystem: true },
      { family: "described", tags: [{ key: "a", value: "b" }] },
    );
    const described = await cloud.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: "described", include: ["TAGS"] }),
    );

    expect(described).toMatchObject({
      tags: [{ key: "a", value: "b" }],
      taskDefinition: {
        family: "described",
        compatibilities: ["EC2", "FARGATE"],
        cpu: "256",
        memory: "512",
        registeredAt: expect.any(Date),
        containerDefinitions: [
          { name: "main", essential: true, cpu: 0, environment: [], readonlyRootFilesystem: true },
        ],
      },
    });
  });

  test("that do not exist cannot be described", async () => {
    await expect(
      cloud.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: "nobody" })),
    ).rejects.toMatchObject({ name: "ClientException", message: "Unable to describe task definition." });
  });

  test.each<
    [string, Partial<ContainerDefinition>, Partial<RegisterTaskDefinitionCommandInput>, string | RegExp]
  >([
    [
      "a size that Fargate has not",
      {},
      { cpu: "1024", memory: "1024" },
      "No Fargate configuration exists for given values: 1024 CPU, 1024 memory. See the Amazon ECS documentation for the valid values.",
    ],
    ["no size", {}, { cpu: undefined }, "Fargate requires that 'cpu' be defined at the task level."],
    [
      "no execution role for its log",
      {},
      { executionRoleArn: undefined },
      /^Fargate requires task definition to have execution role ARN/,
    ],
    ["a stopTimeout of 121 seconds", { stopTimeout: 121 }, {}, /'stopTimeout' must be between 2 and 120/],
    ["a container larger than the task", { memory: 1024 }, {}, /'memory'/],
    ["no essential container", { essential: false }, {}, /essential/],
    [
      "a health check",
      { healthCheck: { command: ["CMD", "x"] } },
      {},
      "The local cloud does not support healthCheck of container 'main'.",
    ],
    [
      "a mount point besides /tmp",
      { mountPoints: [{ sourceVolume: "scratch", containerPath: "/data" }] },
      { volumes: [{ name: "scratch" }] },
      /does not support a mount point at \/data/,
    ],
  ])("with %s are refused", async (_, container, task, message) => {
    await expect(cloud.register(container, task)).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
  });

  test.each([
    ["256", "512"],
    ["512", "4096"],
    ["4096", "30720"],
    ["8192", "61440"],
    ["16384", "122880"],
    ["32768", "249856"],
    [".25 vCPU", "0.5 GB"],
  ])("may have %s CPU and %s memory", async (cpu, memory) => {
    expect(await cloud.register({}, { family: "sizes", cpu, memory })).toMatch(/sizes:\d+$/);
  });

  test("may have a nameless disk of their own at /tmp", async () => {
    const container = { mountPoints: [{ sourceVolume: "scratch", containerPath: "/tmp" }] };

    expect(await cloud.register(container, { family: "scratch", volumes: [{ name: "scratch" }] })).toMatch(
      /scratch:1$/,
    );
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
describe("clusters", () => {
  test("are created once, described with their counts, and keep their providers", async () => {
    const create = () =>
      cloud.ecs.send(new CreateClusterCommand({ clusterName: "counted", capacityProviders: ["FARGATE"] }));
    const { cluster } = await create();
    expect((await create()).cluster).toEqual(cluster);
    await cloud.ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: "counted",
        capacityProviders: ["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      }),
    );
    const taskDefinition = await cloud.register({}, { family: "counted" });
    const { taskArn = "", capacityProviderName } = await cloud.run({
      cluster: "counted",
      taskDefinition,
      launchType: undefined,
      ...behave("wait"),
    });
    await cloud.event(taskArn, ({ lastStatus }) => lastStatus === "RUNNING");
    const described = await cloud.ecs.send(new DescribeClustersCommand({ clusters: ["counted", "missing"] }));

    expect(capacityProviderName).toBe("FARGATE_SPOT");
    expect(described).toMatchObject({
      clusters: [{ clusterName: "counted", status: "ACTIVE", runningTasksCount: 1, pendingTasksCount: 0 }],
      failures: [{ arn: "arn:aws:ecs:us-east-1:000000000000:cluster/missing", reason: "MISSING" }],
    });
    await expect(cloud.ecs.send(new DeleteClusterCommand({ cluster: "counted" }))).rejects.toMatchObject({
      name: "ClusterContainsTasksException",
    });
    await cloud.control("kill", { taskArn });
    await cloud.stopped(taskArn);
    expect((await cloud.ecs.send(new DeleteClusterCommand({ cluster: "counted" }))).cluster).toMatchObject({
      status: "INACTIVE",
    });
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html */
describe("tags", () => {
  test("are added, replaced and taken away", async () => {
    const resourceArn = await cloud.register({}, { family: "tagged", tags: [{ key: "a", value: "1" }] });
    const tags = [
      { key: "a", value: "2" },
      { key: "b", value: "3" },
    ];
    await cloud.ecs.send(new TagResourceCommand({ resourceArn, tags }));
    expect(await cloud.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).toMatchObject({ tags });
    await cloud.ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: ["a"] }));
    expect((await cloud.ecs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([
      { key: "b", value: "3" },
    ]);
  });
});

test("what the local cloud has not is refused by name", async () => {
  await expect(
    cloud.ecs.send(new CreateTaskSetCommand({ cluster: "jobs", service: "web", taskDefinition: "worker" })),
  ).rejects.toMatchObject({ message: "The local cloud does not implement ECS CreateTaskSet." });
});
