import { DescribeTasksCommand, StopTaskCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { behave, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register({ stopTimeout: 2 });
});
afterAll(() => cloud.stop());

const runAndWait = async (behaviour: string): Promise<string> => {
  const { taskArn = "" } = await cloud.run(behave(behaviour));
  await cloud.line(taskArn, "main", "waiting");
  return taskArn;
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html */
describe("StopTask", () => {
  test("lets a process that handles SIGTERM finish with its own exit code", async () => {
    const taskArn = await runAndWait("stop-politely");
    const { task } = await cloud.ecs.send(
      new StopTaskCommand({ cluster: "jobs", task: taskArn, reason: "JOB_TIMEOUT:42" }),
    );

    expect(task).toMatchObject({ desiredStatus: "STOPPED", lastStatus: "RUNNING" });
    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "UserInitiated",
      stoppedReason: "JOB_TIMEOUT:42",
      containers: [{ exitCode: 0 }],
    });
    await cloud.line(taskArn, "main", "stopping");
  });

  test("gives the default reason, and 143 for a process that does nothing about SIGTERM", async () => {
    const taskArn = await runAndWait("wait");
    await cloud.ecs.send(new StopTaskCommand({ cluster: "jobs", task: taskArn }));

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stoppedReason: "Task stopped by user",
      containers: [{ exitCode: 143 }],
    });
  });

  test("kills what ignores SIGTERM after its stopTimeout, with 137", async () => {
    const taskArn = await runAndWait("ignore-sigterm");
    await cloud.ecs.send(new StopTaskCommand({ cluster: "jobs", task: taskArn }));
    const { stoppingAt, executionStoppedAt, containers } = await cloud.stopped(taskArn);

    expect(containers).toMatchObject([{ exitCode: 137 }]);
    expect(Date.parse(String(executionStoppedAt)) - Date.parse(String(stoppingAt))).toBeGreaterThanOrEqual(
      1950,
    );
  });

  test("of a task that has not started ends it with no exit code", async () => {
    await cloud.control("faults", { noStart: { count: 1 } });
    const { taskArn = "" } = await cloud.run({});
    await cloud.event(taskArn, ({ lastStatus }) => lastStatus === "PENDING");
    await cloud.ecs.send(new StopTaskCommand({ cluster: "jobs", task: taskArn }));
    const { containers, stopCode, ...detail } = await cloud.stopped(taskArn);

    expect(stopCode).toBe("UserInitiated");
    expect(containers[0]).not.toHaveProperty("exitCode");
    expect(detail).not.toHaveProperty("startedAt");
  });

  test("takes the first reason and is no error for a task that has stopped", async () => {
    const { taskArn = "" } = await cloud.run({ tags: [{ key: "a", value: "b" }] });
    await cloud.stopped(taskArn);
    const { task } = await cloud.ecs.send(
      new StopTaskCommand({ cluster: "jobs", task: taskArn, reason: "too late" }),
    );
    const { tasks } = await cloud.ecs.send(
      new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn], include: ["TAGS"] }),
    );

    expect(task).toMatchObject({ lastStatus: "STOPPED", stopCode: "EssentialContainerExited" });
    expect(tasks).toMatchObject([{ tags: [] }]);
  });

  test("of an unknown task is InvalidParameterException", async () => {
    await expect(
      cloud.ecs.send(new StopTaskCommand({ cluster: "jobs", task: "0".repeat(32) })),
    ).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: "The referenced task was not found.",
    });
  });
});
