import {
  GetTaskProtectionCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { taskIdentity } from "#test/local/tasks/support/identity.ts";
import { behave } from "#test/local/tasks/support/task-cloud.ts";
import {
  serviceWorker,
  startServiceCloud,
  type ServiceCloud,
} from "#test/local/services/support/service-cloud.ts";

let cloud: ServiceCloud;
let allowed = true;
beforeEach(async () => {
  allowed = true;
  cloud = await startServiceCloud({
    identity: {
      ...taskIdentity,
      roleAllowed: (_role, action) => allowed || !action.includes("TaskProtection"),
    },
  });
});
afterEach(() => cloud.stop());

const scaleTo = (desiredCount: number) =>
  cloud.ecs.send(new UpdateServiceCommand({ cluster: "jobs", service: "worker", desiredCount }));
const worker = (BEHAVIOUR: string) =>
  cloud.register({ image: serviceWorker, environment: [{ name: "BEHAVIOUR", value: BEHAVIOUR }] });
const protect = (taskArn: string | undefined, protectionEnabled: boolean) =>
  cloud.ecs.send(
    new UpdateTaskProtectionCommand({ cluster: "jobs", tasks: [taskArn ?? ""], protectionEnabled }),
  );

/** A deployment of a service whose task is protected: the old task and the new one run. */
async function deployBesideProtected() {
  await cloud.create();
  const [old] = await cloud.running(1);
  await protect(old?.taskArn, true);
  await cloud.ecs.send(
    new UpdateServiceCommand({ cluster: "jobs", service: "worker", forceNewDeployment: true }),
  );
  return { old, both: await cloud.running(2) };
}

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 */
describe("a protected task", () => {
  test("survives a scale-in and goes when its protection does", async () => {
    await cloud.create({ desiredCount: 2 });
    const [first, second] = await cloud.running(2);
    await protect(first?.taskArn, true);
    await protect(second?.taskArn, true);
    await scaleTo(0);
    await protect(second?.taskArn, false);
    const stopped = await cloud.stopped(second?.taskArn ?? "");
    const survivors = await cloud.running(1);
    await protect(first?.taskArn, false);

    expect(survivors).toMatchObject([{ taskArn: first?.taskArn, desiredStatus: "RUNNING" }]);
    expect(stopped).toMatchObject({ stopCode: "ServiceSchedulerInitiated" });
    expect(await cloud.stopped(first?.taskArn ?? "")).toMatchObject({
      stopCode: "ServiceSchedulerInitiated",
    });
  });

  test("is stopped at last when its protection expires", async () => {
    await cloud.create();
    const [task] = await cloud.running(1);
    await protect(task?.taskArn, true);
    await scaleTo(0);
    cloud.clock.offsetMs = 121 * 60_000;
    cloud.test.service.clockMoved?.();

    expect(await cloud.stopped(task?.taskArn ?? "")).toMatchObject({ stopCode: "ServiceSchedulerInitiated" });
  });

  test("outlives a deployment", async () => {
    const { old, both } = await deployBesideProtected();
    const during = await cloud.service();
    await protect(old?.taskArn, false);
    await cloud.stopped(old?.taskArn ?? "");

    expect(both.map(({ taskArn }) => taskArn)).toContain(old?.taskArn);
    expect(during.deployments).toMatchObject([
      { status: "PRIMARY", rolloutState: "IN_PROGRESS" },
      { status: "ACTIVE", runningCount: 1 },
    ]);
  });

  test("protects itself by the agent's endpoint", async () => {
    await worker("protect");
    await cloud.create();
    const [task] = await cloud.running(1);
    const lines = [
      await cloud.line(task?.taskArn ?? "", "main", /^protection/),
      await cloud.line(task?.taskArn ?? "", "main", "waiting"),
    ];
    const { protectedTasks } = await cloud.ecs.send(
      new GetTaskProtectionCommand({ cluster: "jobs", tasks: [task?.taskArn ?? ""] }),
    );

    const [, status, text = ""] = /^protection (\d+) (.*)$/.exec(lines[0] ?? "") ?? [];
    expect(status).toBe("200");
    expect(JSON.parse(text)).toEqual({
      protection: {
        ExpirationDate: expect.stringMatching(/Z$/),
        ProtectionEnabled: true,
        TaskArn: task?.taskArn,
      },
    });
    expect(protectedTasks).toMatchObject([{ protectionEnabled: true, expirationDate: expect.any(Date) }]);
  });
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
describe("protection is refused", () => {
  test("to a task that belongs to no service", async () => {
    const { taskArn } = await cloud.run(behave("wait"));
    const { protectedTasks, failures } = await protect(taskArn, true);

    expect({ protectedTasks, failures }).toEqual({
      protectedTasks: [],
      failures: [{ arn: taskArn, reason: "TASK_NOT_VALID" }],
    });
  });

  test("to a task role without the action, as an error of the agent", async () => {
    allowed = false;
    await worker("protect");
    await cloud.create();
    const [task] = await cloud.running(1);
    const line = await cloud.line(task?.taskArn ?? "", "main", /^protection/);

    expect(line).toContain("protection 400");
    expect(line).toContain('"Code":"AccessDeniedException"');
    expect(line).toContain("is not authorized to perform: ecs:UpdateTaskProtection");
  });

  test("for a time out of bounds", async () => {
    await worker("protect-wrongly");
    await cloud.create();
    const [task] = await cloud.running(1);

    expect(await cloud.line(task?.taskArn ?? "", "main", /^protection/)).toContain(
      "InvalidParameterException",
    );
    await expect(
      cloud.ecs.send(
        new UpdateTaskProtectionCommand({
          cluster: "jobs",
          tasks: [task?.taskArn ?? ""],
          protectionEnabled: true,
          expiresInMinutes: 2881,
        }),
      ),
    ).rejects.toMatchObject({ name: "InvalidParameterException" });
  });

  test("while a deployment runs and as many tasks are protected as desired", async () => {
    const { old, both } = await deployBesideProtected();
    const fresh = both.find(({ taskArn }) => taskArn !== old?.taskArn);
    const { failures } = await protect(fresh?.taskArn, true);
    await protect(old?.taskArn, false);

    expect(failures).toMatchObject([{ arn: fresh?.taskArn, reason: "DEPLOYMENT_BLOCKED" }]);
  });
});
