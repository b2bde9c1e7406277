import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  CreateClusterCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { isAlive } from "#test/local/tasks/support/alive.ts";
import {
  definition,
  eventually,
  behave,
  runInput,
  type TaskDetail,
} from "#test/local/tasks/support/task-cloud.ts";

const script = fileURLToPath(new URL("./support/cloud-process.ts", import.meta.url));

let dataDir: string;
let cloud: { process: ChildProcess; ecs: ECSClient; endpoint: string };
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "tasks-restart-"));
  cloud = await boot();
  await cloud.ecs.send(new CreateClusterCommand({ clusterName: "jobs", capacityProviders: ["FARGATE"] }));
  await cloud.ecs.send(new RegisterTaskDefinitionCommand(definition()));
});
afterEach(async () => {
  await kill();
  rmSync(dataDir, { recursive: true, force: true });
});

async function boot(): Promise<typeof cloud> {
  const child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  const [endpoint] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const ecs = new ECSClient({
    endpoint,
    region: "us-east-1",
    maxAttempts: 1,
    credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
  });
  return { process: child, ecs, endpoint };
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

const control = async (name: string, input: unknown): Promise<Response> =>
  fetch(`${cloud.endpoint}/_cloud/tasks/${name}`, { method: "POST", body: JSON.stringify(input) });

const events = (): TaskDetail[] => {
  const file = join(dataDir, "events.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { detail: TaskDetail }).detail);
};

const stopped = (taskArn: string): Promise<TaskDetail> =>
  eventually(
    () => events().find((detail) => detail.taskArn === taskArn && detail.lastStatus === "STOPPED"),
    "STOPPED event",
    events,
  );

/** The process of a task that printed its environment and waits. */
async function runWaiting(): Promise<{ taskArn: string; clientToken: string }> {
  const clientToken = "before-the-crash";
  const { tasks } = await cloud.ecs.send(new RunTaskCommand(runInput({ clientToken, ...behave("wait") })));
  await eventually(() => (existsSync(join(dataDir, "log.txt")) ? true : undefined), "output", events);
  return { taskArn: tasks?.[0]?.taskArn ?? "", clientToken };
}

/** The number of the task's process, as the journal remembers it. */
function rememberedPid(): number {
  const pids = readFileSync(join(dataDir, "tasks", "tasks.jsonl"), "utf8").matchAll(/"pid":(\d+)/g);
  return Number([...pids].at(-1)?.[1]);
}

/** The child of the cloud whose command line has this word. */
function childOfCloud(word: string): number | undefined {
  const pid = cloud.process.pid ?? 0;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
  return children.find((child) => readFileSync(`/proc/${child}/cmdline`, "utf8").includes(word));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html */
describe("when the cloud is killed", () => {
  test("its tasks' processes die with it", async () => {
    await runWaiting();
    const pid = rememberedPid();
    expect(isAlive(pid)).toBe(true);
    await kill();

    await eventually(
      () => (isAlive(pid) ? undefined : true),
      "end of the process",
      () => pid,
    );
    expect(isAlive(pid)).toBe(false);
    cloud = await boot();
  });

  test("so does what has left their process groups", async () => {
    await cloud.ecs.send(new RunTaskCommand(runInput(behave("leave-behind", "and-wait"))));
    const log = (): string =>
      existsSync(join(dataDir, "log.txt")) ? readFileSync(join(dataDir, "log.txt"), "utf8") : "";
    const left = await eventually(() => /left (\d+)\n/.exec(log())?.[1], "process that was left", log);
    expect(isAlive(Number(left))).toBe(true);
    await kill();

    await eventually(
      () => (isAlive(Number(left)) ? undefined : true),
      "end of the process",
      () => left,
    );
    cloud = await boot();
  });

  test("they die too where what watches over them was killed before", async () => {
    await runWaiting();
    const pid = rememberedPid();
    const reaperPid = await eventually(
      () => childOfCloud("reaper.sh"),
      "reaper",
      () => cloud.process.pid,
    );
    process.kill(reaperPid, "SIGKILL");
    await eventually(
      () => [childOfCloud("reaper.sh")].find((other) => other !== undefined && other !== reaperPid),
      "second reaper",
      () => reaperPid,
    );
    await kill();

    await eventually(
      () => (isAlive(pid) ? undefined : true),
      "end of the process",
      () => pid,
    );
    expect(isAlive(pid)).toBe(false);
    cloud = await boot();
  });

  test("a task that ran ends as InfrastructureHealth at the next start, its version rising on", async () => {
    const { taskArn } = await runWaiting();
    await restart();
    const end = await stopped(taskArn);
    const versions = events().map(({ version }) => version);

    expect(end).toMatchObject({
      stopCode: "InfrastructureHealth",
      stoppedReason: expect.stringMatching(/host/i),
    });
    expect(end.containers[0]).not.toHaveProperty("exitCode");
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  test("a task that had not started yet goes on starting", async () => {
    await control("settings", { startDelayMs: 60_000 });
    const { tasks } = await cloud.ecs.send(new RunTaskCommand(runInput(behave("exit", "3"))));
    await restart();

    expect(await stopped(tasks?.[0]?.taskArn ?? "")).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ exitCode: 3 }],
    });
  });

  test("clusters, task definitions, tasks and client tokens are kept", async () => {
    const { taskArn, clientToken } = await runWaiting();
    await restart();
    await stopped(taskArn);
    const again = await cloud.ecs.send(new RunTaskCommand(runInput({ clientToken, ...behave("wait") })));
    const { taskDefinition } = await cloud.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: "worker" }),
    );
    const { tasks } = await cloud.ecs.send(new DescribeTasksCommand({ cluster: "jobs", tasks: [taskArn] }));

    expect(again.tasks).toMatchObject([{ taskArn, lastStatus: "STOPPED" }]);
    expect(taskDefinition).toMatchObject({ revision: 1, status: "ACTIVE" });
    expect(tasks).toMatchObject([{ taskArn, stopCode: "InfrastructureHealth" }]);
  });
});
