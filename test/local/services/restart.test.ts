import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  UpdateTaskProtectionCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { definition, eventually, type TaskDetail } from "#test/local/tasks/support/task-cloud.ts";
import { serviceInput, serviceWorker } from "#test/local/services/support/service-cloud.ts";

const script = fileURLToPath(new URL("../tasks/support/cloud-process.ts", import.meta.url));

let dataDir: string;
let cloud: { process: ChildProcess; ecs: ECSClient };
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "services-restart-"));
  cloud = await boot();
  await cloud.ecs.send(new CreateClusterCommand({ clusterName: "jobs", capacityProviders: ["FARGATE"] }));
  await cloud.ecs.send(new RegisterTaskDefinitionCommand(definition({ image: serviceWorker })));
});
afterEach(async () => {
  await kill();
  rmSync(dataDir, { recursive: true, force: true });
});

async function boot(): Promise<typeof cloud> {
  const child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const [endpoint] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const credentials = { accessKeyId: "operator", secretAccessKey: "operator" };
  return {
    process: child,
    ecs: new ECSClient({ endpoint, region: "us-east-1", maxAttempts: 1, credentials }),
  };
}

async function kill(): Promise<void> {
  if (cloud.process.signalCode !== null || cloud.process.exitCode !== null) return;
  const exited = once(cloud.process, "exit");
  cloud.process.kill("SIGKILL");
  await exited;
}

async function restart(): Promise<void> {
  await kill();
  cloud = await boot();
}

/** The last state of each task. */
function tasks(): TaskDetail[] {
  const file = join(dataDir, "events.jsonl");
  if (!existsSync(file)) return [];
  const last = new Map<string, TaskDetail>();
  for (const line of readFileSync(file, "utf8").split("\n").filter(Boolean)) {
    const { detail } = JSON.parse(line) as { detail: TaskDetail };
    if (typeof detail.taskArn === "string") last.set(detail.taskArn, detail);
  }
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
    await restart();
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
    await restart();
    await running(0);
    const { services } = await cloud.ecs.send(
      new DescribeServicesCommand({ cluster: "jobs", services: ["worker"] }),
    );

    expect(services).toMatchObject([{ desiredCount: 0, runningCount: 0, pendingCount: 0 }]);
    expect(tasks()).toMatchObject([{ taskArn: task?.taskArn, stopCode: "InfrastructureHealth" }]);
  });
});
