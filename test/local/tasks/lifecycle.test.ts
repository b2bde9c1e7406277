import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { behave, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register();
});
afterAll(() => cloud.stop());

describe("the life of a task", () => {
  test("passes every state once, with an event for each and a version that rises by one", async () => {
    const { taskArn = "" } = await cloud.run({});
    await cloud.stopped(taskArn);

    expect(cloud.details(taskArn).map(({ lastStatus, version }) => `${version} ${lastStatus}`)).toEqual([
      "1 PROVISIONING",
      "2 PENDING",
      "3 ACTIVATING",
      "4 RUNNING",
      "5 DEACTIVATING",
      "6 STOPPING",
      "7 DEPROVISIONING",
      "8 STOPPED",
    ]);
  });

  test("ends as EssentialContainerExited with the exit code of the process", async () => {
    const { taskArn = "" } = await cloud.run(behave("exit", "75"));

    expect(await cloud.stopped(taskArn)).toMatchObject({
      desiredStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ name: "main", lastStatus: "STOPPED", exitCode: 75 }],
    });
  });
});
