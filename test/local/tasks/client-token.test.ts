import { CreateClusterCommand, RunTaskCommand, type RunTaskCommandInput } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { behave, runInput, startTaskCloud, type TaskCloud } from "#test/local/tasks/support/task-cloud.ts";

const hourMs = 3_600_000;

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register();
  await cloud.ecs.send(new CreateClusterCommand({ clusterName: "other", capacityProviders: ["FARGATE"] }));
});
afterAll(() => cloud.stop());

const send = async (input: Partial<RunTaskCommandInput>) =>
  cloud.ecs.send(new RunTaskCommand(runInput(input)));
const arns = async (input: Partial<RunTaskCommandInput>) =>
  (await send(input)).tasks?.map(({ taskArn }) => taskArn);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
describe("a client token", () => {
  test("answers the same request with the same tasks in their present state, and starts nothing", async () => {
    const input = { clientToken: "same", count: 2, ...behave("exit", "7") };
    const first = await arns(input);
    await cloud.stopped(first?.[0] ?? "");
    const again = await send(input);

    expect(again.tasks?.map(({ taskArn }) => taskArn)).toEqual(first);
    expect(again.tasks?.[0]).toMatchObject({ lastStatus: "STOPPED" });
  });

  test("tells of a task that has stopped its ARN and statuses only, and all of one that runs", async () => {
    const [stopped, running] = [
      { clientToken: "stopped", ...behave("exit", "7") },
      { clientToken: "running", ...behave("wait") },
    ];
    const [taskArn = ""] = (await arns(stopped)) ?? [];
    const [waiting = ""] = (await arns(running)) ?? [];
    await cloud.stopped(taskArn);
    await cloud.event(waiting, ({ lastStatus }) => lastStatus === "RUNNING");

    expect((await send(stopped)).tasks).toEqual([
      { taskArn, lastStatus: "STOPPED", desiredStatus: "STOPPED" },
    ]);
    expect((await send(running)).tasks).toMatchObject([{ taskArn: waiting, containers: [{ name: "main" }] }]);
  });

  test("with other parameters is a conflict that names the tasks which it has started", async () => {
    const first = await arns({ clientToken: "conflict", startedBy: "a" });

    await expect(send({ clientToken: "conflict", startedBy: "b" })).rejects.toMatchObject({
      name: "ConflictException",
      resourceIds: first,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("belongs to its cluster, by whatever name that is called", async () => {
    const here = await arns({ clientToken: "scope" });

    expect(
      await arns({ clientToken: "scope", cluster: "arn:aws:ecs:us-east-1:000000000000:cluster/jobs" }),
    ).toEqual(here);
    expect(await arns({ clientToken: "scope", cluster: "other" })).not.toEqual(here);
  });

  test("remembers failures too", async () => {
    await cloud.control("faults", { failures: { count: 1, reason: "RESOURCE:ENI" } });
    const input = { clientToken: "failed" };

    expect(await send(input)).toMatchObject({ tasks: [], failures: [{ reason: "RESOURCE:ENI" }] });
    expect(await send(input)).toMatchObject({ tasks: [], failures: [{ reason: "RESOURCE:ENI" }] });
  });

  test("is forgotten one hour after its last task has stopped", async () => {
    const first = await arns({ clientToken: "hour" });
    const { stoppedAt } = await cloud.stopped(first?.[0] ?? "");
    const at = (ms: number) => void (cloud.clock.offsetMs = Date.parse(String(stoppedAt)) + ms - Date.now());
    at(hourMs - 10_000);
    expect(await arns({ clientToken: "hour" })).toEqual(first);
    at(hourMs);
    expect(await arns({ clientToken: "hour" })).not.toEqual(first);
    cloud.clock.offsetMs = 0;
  });

  test("is forgotten after 24 hours though its task still runs", async () => {
    const input = { clientToken: "day", ...behave("wait") };
    const first = await arns(input);
    await cloud.event(first?.[0] ?? "", ({ lastStatus }) => lastStatus === "RUNNING");
    cloud.clock.offsetMs = 24 * hourMs - 10_000;
    expect(await arns(input)).toEqual(first);
    cloud.clock.offsetMs = 24 * hourMs;
    expect(await arns(input)).not.toEqual(first);
    cloud.clock.offsetMs = 0;
  });
});
