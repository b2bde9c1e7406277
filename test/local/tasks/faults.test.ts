import { RunTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { behave, runInput, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

let cloud: TaskCloud;
beforeEach(async () => {
  cloud = await startTaskCloud();
  await cloud.register({ stopTimeout: 120 });
});
afterEach(() => cloud.stop());

const send = (input: Partial<RunTaskCommandInput> = {}) =>
  cloud.ecs.send(new RunTaskCommand(runInput(input)));
const spot = { capacityProviderStrategy: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] };

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/api_failures_messages.html
 */
describe("faults", () => {
  test("throttle refuses the named operations until it is cleared", async () => {
    await cloud.control("faults", { throttle: { share: 1, operations: ["RunTask"] } });
    await expect(send()).rejects.toMatchObject({ name: "ThrottlingException" });
    await cloud.control("faults", { throttle: null });
    expect(await send()).toMatchObject({ failures: [] });
  });

  test("end when their time is over", async () => {
    await cloud.control("faults", { throttle: { durationMs: 60_000 } });
    await expect(send()).rejects.toMatchObject({ name: "ThrottlingException" });
    cloud.clock.offsetMs = 60_000;
    expect(await send()).toMatchObject({ failures: [] });
  });

  test("noCapacity fails the named provider with the words of Fargate", async () => {
    await cloud.control("faults", { noCapacity: { capacityProvider: "FARGATE_SPOT" } });

    expect(await send(spot)).toMatchObject({
      tasks: [],
      failures: [
        {
          reason:
            "Capacity is unavailable at this time. Please try again later or in a different availability zone",
        },
      ],
    });
    expect(await send()).toMatchObject({ failures: [] });
  });

  test("noAddress stops a task in PROVISIONING with the words of EC2", async () => {
    await cloud.control("faults", { noAddress: { count: 1 } });
    const { taskArn = "" } = await cloud.run({});

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "TaskFailedToStart",
      stoppedReason:
        "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a1b2c3d': InsufficientFreeAddressesInSubnet",
    });
    expect(cloud.details(taskArn).map(({ lastStatus }) => lastStatus)).toEqual([
      "PROVISIONING",
      "DEPROVISIONING",
      "STOPPED",
    ]);
  });

  test("kill ends a task's process with 137", async () => {
    const { taskArn = "" } = await cloud.run(behave("wait"));
    await cloud.line(taskArn, "main", "waiting");
    await cloud.control("kill", { taskArn });

    expect(await cloud.stopped(taskArn)).toMatchObject({ containers: [{ exitCode: 137 }] });
    await expect(cloud.control("kill", { taskArn })).rejects.toThrow(
      `Task ${taskArn} has no process: it is STOPPED.`,
    );
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html */
describe("a Spot interruption", () => {
  test("warns by an event of a running task, sends SIGTERM, and stops it as SpotInterruption", async () => {
    const { taskArn = "" } = await cloud.run({ ...spot, ...behave("stop-politely") });
    await cloud.line(taskArn, "main", "waiting");
    expect(await cloud.control("interrupt-spot", { taskArn })).toEqual({ interrupted: [taskArn] });
    const warning = await cloud.event(taskArn, ({ desiredStatus }) => desiredStatus === "STOPPED");

    expect(warning).toMatchObject({
      lastStatus: "RUNNING",
      capacityProviderName: "FARGATE_SPOT",
      stopCode: "SpotInterruption",
      stoppedReason: "Your Spot Task was interrupted.",
    });
    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "SpotInterruption",
      stoppedReason: "Your Spot Task was interrupted.",
      containers: [{ exitCode: 0 }],
    });
  });

  test("ends a task that does not listen when the notice is over", async () => {
    await cloud.control("settings", { spotNoticeMs: 100 });
    const { taskArn = "" } = await cloud.run({ ...spot, ...behave("ignore-sigterm") });
    await cloud.line(taskArn, "main", "waiting");
    await cloud.control("interrupt-spot", { share: 1 });

    expect(await cloud.stopped(taskArn)).toMatchObject({
      stopCode: "SpotInterruption",
      containers: [{ exitCode: 137 }],
    });
  });

  test("never strikes on-demand tasks", async () => {
    const { taskArn = "" } = await cloud.run(behave("wait"));
    await cloud.line(taskArn, "main", "waiting");

    expect(await cloud.control("interrupt-spot", { taskArn })).toEqual({ interrupted: [] });
  });
});
