import { DescribeTasksCommand, RunTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { behave, runInput, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

/** A clock that stands still: no token comes back to a bucket unless the test moves it. */
const clock = { ms: Date.now() };
let cloud: TaskCloud;
beforeEach(async () => {
  cloud = await startTaskCloud({ clock: { now: () => clock.ms } });
  await cloud.register();
});
afterEach(() => cloud.stop());

const send = (input: Partial<RunTaskCommandInput> = {}) =>
  cloud.ecs.send(new RunTaskCommand(runInput(input)));
const refused = { launchType: "FARGATE" as const, taskDefinition: "nobody" };

/** How many of `calls` calls in the same instant are not throttled. */
const admitted = async (calls: number, call: () => Promise<unknown>): Promise<number> => {
  let count = 0;
  for (let index = 0; index < calls; index += 1) {
    const name = await call().then(
      () => "",
      (error: Error) => error.name,
    );
    if (name !== "ThrottlingException") count += 1;
  }
  return count;
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html */
describe("rates", () => {
  test("RunTask is taken 20 times a second, then is a ThrottlingException of status 400", async () => {
    expect(await admitted(25, () => send(refused))).toBe(20);
    await expect(send(refused)).rejects.toMatchObject({
      name: "ThrottlingException",
      message: "Rate exceeded",
      $metadata: { httpStatusCode: 400 },
    });
    clock.ms += 500;
    expect(await admitted(15, () => send(refused))).toBe(10);
  });

  test("DescribeTasks is taken 100 times at once", async () => {
    const describeTasks = () =>
      cloud.ecs.send(new DescribeTasksCommand({ cluster: "jobs", tasks: ["0".repeat(32)] }));

    expect(await admitted(102, describeTasks)).toBe(100);
  });

  test("100 tasks are launched at once on demand, and Spot counts for itself", async () => {
    await cloud.control("settings", { quotaVcpu: { onDemand: 1, spot: 1 } });
    const spot = { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };
    expect(await admitted(11, () => send({ count: 10 }))).toBe(10);
    expect(await admitted(1, () => send({ count: 10, ...spot }))).toBe(1);
  });

  test("can be switched off", async () => {
    await cloud.control("settings", { throttling: false });

    expect(await admitted(25, () => send(refused))).toBe(25);
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
describe("the quota of vCPUs", () => {
  test("puts what is above it into failures, with HTTP 200, and is free again when tasks have stopped", async () => {
    await cloud.control("settings", { quotaVcpu: { onDemand: 0.5, spot: 0.25 } });
    const { tasks = [], failures } = await send({ count: 3, ...behave("wait") });

    expect(tasks).toHaveLength(2);
    expect(failures).toEqual([
      { reason: "You've reached the limit on the number of vCPUs you can run concurrently" },
    ]);
    const [{ taskArn = "" } = {}] = tasks;
    await cloud.event(taskArn, ({ lastStatus }) => lastStatus === "RUNNING");
    await cloud.control("kill", { taskArn });
    await cloud.stopped(taskArn);
    expect((await send(behave("wait"))).failures).toEqual([]);
  });

  test("counts Spot apart", async () => {
    await cloud.control("settings", { quotaVcpu: { onDemand: 0, spot: 0.25 } });
    const spot = { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };

    expect(await send({ count: 2, ...spot })).toMatchObject({ tasks: [{}], failures: [{}] });
    expect(await send()).toMatchObject({ tasks: [], failures: [{}] });
  });
});
