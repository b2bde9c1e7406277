import {
  CreateServiceCommand,
  DescribeServicesCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { MortalEcs } from "#test/local/tasks/support/mortal-ecs.ts";
import { eventually, type TaskDetail } from "#test/local/tasks/support/task-cloud.ts";
import { serviceInput, serviceWorker } from "#test/local/services/support/service-cloud.ts";

let cloud: MortalEcs;
beforeEach(async () => {
  cloud = await MortalEcs.start({ image: serviceWorker });
});
afterEach(() => cloud.end());

/** The last state of each task. */
function tasks(): TaskDetail[] {
  const last = new Map<string, TaskDetail>();
  for (const detail of cloud.events())
    if (typeof detail.taskArn === "string") last.set(detail.taskArn, detail);
  return [...last.values()];
}

const running = (count: number): Promise<TaskDetail[]> =>
  eventually(
    () => {
      const found = tasks().filter(({ lastStatus }) => lastStatus === "RUNNING");
      return found.length === count ? found : undefined;
    },
    `${count} running tasks`,
    tasks,
  );

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html */
describe("when the cloud is killed", () => {
  test("a service replaces its lost tasks at the next start", async () => {
    await cloud.ecs.send(new CreateServiceCommand(serviceInput({ desiredCount: 2 })));
    const before = await running(2);
    await cloud.restart();
    const lost = await eventually(
      () => {
        const ends = tasks().filter(({ stopCode }) => stopCode === "InfrastructureHealth");
        return ends.length === 2 ? ends : undefined;
      },
      "lost tasks",
      tasks,
    );
    const after = await running(2);
    const { services } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: "jobs", services: ["worker"] }),
    );

    expect(lost.map(({ taskArn }) => taskArn).toSorted()).toEqual(
      before.map(({ taskArn }) => taskArn).toSorted(),
    );
    expect(new Set(after.map(({ startedBy }) => startedBy))).toEqual(new Set([before[0]?.startedBy]));
    expect(services).toMatchObject([{ desiredCount: 2, status: "ACTIVE", runningCount: 2 }]);
  });

  test("a scale-in that was blocked by a protected task is over once that task is lost", async () => {
    await cloud.ecs.send(new CreateServiceCommand(serviceInput()));
    const [task] = await running(1);
    await cloud.ecs.send(
      new UpdateTaskProtectionCommand({
        cluster: "jobs",
        tasks: [task?.taskArn ?? ""],
        protectionEnabled: true,
      }),
    );
    await cloud.ecs.send(new UpdateServiceCommand({ cluster: "jobs", service: "worker", desiredCount: 0 }));
    await cloud.restart();
    await running(0);
    const { services } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: "jobs", services: ["worker"] }),
    );

    expect(services).toMatchObject([{ desiredCount: 0, runningCount: 0, pendingCount: 0 }]);
    expect(tasks()).toMatchObject([{ taskArn: task?.taskArn, stopCode: "InfrastructureHealth" }]);
  });
});
