import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { definition, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
});
afterAll(() => cloud.stop());

const container = (name: string, essential: boolean, ...words: string[]): ContainerDefinition => ({
  ...definition().containerDefinitions?.[0],
  name,
  essential,
  stopTimeout: 2,
  command: ["/app/main.mjs", ...words],
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html */
describe("a task of several containers", () => {
  test("goes on when one that is not essential ends, and tells it by an event of its own", async () => {
    const taskDefinition = await cloud.register(
      {},
      { containerDefinitions: [container("main", true, "wait"), container("helper", false, "exit", "3")] },
    );
    const { taskArn = "" } = await cloud.run({ taskDefinition });
    const told = await cloud.event(
      taskArn,
      ({ containers, version }) => version > 4 && containers[1]?.exitCode === 3,
    );
    await cloud.control("kill", { taskArn });

    expect(told).toMatchObject({
      lastStatus: "RUNNING",
      desiredStatus: "RUNNING",
      containers: [
        { name: "main", lastStatus: "RUNNING" },
        { name: "helper", lastStatus: "STOPPED" },
      ],
    });
  });

  test("stops all when an essential one ends, each with its own exit code", async () => {
    const taskDefinition = await cloud.register(
      {},
      {
        containerDefinitions: [container("main", true, "exit", "0"), container("helper", false, "wait")],
      },
    );
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [
        { name: "main", exitCode: 0 },
        { name: "helper", exitCode: 143 },
      ],
    });
  });

  test("starts none to the end when one cannot start", async () => {
    const taskDefinition = await cloud.register(
      {},
      {
        containerDefinitions: [
          container("main", true, "wait"),
          { ...container("broken", true), entryPoint: ["nowhere"] },
        ],
      },
    );
    const { taskArn = "" } = await cloud.run({ taskDefinition });

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "TaskFailedToStart",
      containers: [
        { name: "main", exitCode: 137 },
        { name: "broken", reason: expect.stringMatching(/^CannotStartContainerError/) },
      ],
    });
  });
});
