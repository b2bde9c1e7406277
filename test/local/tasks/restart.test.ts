import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeTaskDefinitionCommand, DescribeTasksCommand, RunTaskCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { MortalEcs } from "#test/local/tasks/support/mortal-ecs.ts";
import { isAlive } from "#test/local/tasks/support/alive.ts";
import { eventually, behave, runInput, type TaskDetail } from "#test/local/tasks/support/task-cloud.ts";

let cloud: MortalEcs;
beforeEach(async () => {
  cloud = await MortalEcs.start();
});
afterEach(() => cloud.end());

const control = async (name: string, input: unknown): Promise<Response> =>
  fetch(`${cloud.endpoint}/_cloud/tasks/${name}`, { method: "POST", body: JSON.stringify(input) });

const stopped = (taskArn: string): Promise<TaskDetail> =>
  eventually(
    () => cloud.events().find((detail) => detail.taskArn === taskArn && detail.lastStatus === "STOPPED"),
    "STOPPED event",
    () => cloud.events(),
  );

/** The process of a task that printed its environment and waits. */
async function runWaiting(): Promise<{ taskArn: string; clientToken: string }> {
  const clientToken = "before-the-crash";
  const { tasks } = await cloud.ecs.send(new RunTaskCommand(runInput({ clientToken, ...behave("wait") })));
  await eventually(
    () => (existsSync(join(cloud.dataDir, "log.txt")) ? true : undefined),
    "output",
    () => cloud.events(),
  );
  return { taskArn: tasks?.[0]?.taskArn ?? "", clientToken };
}

/** The number of the task's process, as the journal remembers it. */
function rememberedPid(): number {
  const pids = readFileSync(join(cloud.dataDir, "tasks", "tasks.jsonl"), "utf8").matchAll(/"pid":(\d+)/g);
  return Number([...pids].at(-1)?.[1]);
}

const died = (pid: number): Promise<true> =>
  eventually(
    () => (isAlive(pid) ? undefined : true),
    "end of the process",
    () => pid,
  );

/** The child of the cloud whose command line has this word. */
function childOfCloud(word: string): number | undefined {
  const { pid } = cloud;
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
    await cloud.kill();

    await died(pid);
    expect(isAlive(pid)).toBe(false);
    await cloud.boot();
  });

  test("so does what has left their process groups", async () => {
    await cloud.ecs.send(new RunTaskCommand(runInput(behave("leave-behind", "and-wait"))));
    const log = (): string =>
      existsSync(join(cloud.dataDir, "log.txt")) ? readFileSync(join(cloud.dataDir, "log.txt"), "utf8") : "";
    const left = await eventually(() => /left (\d+)\n/.exec(log())?.[1], "process that was left", log);
    expect(isAlive(Number(left))).toBe(true);
    await cloud.kill();

    await died(Number(left));
    await cloud.boot();
  });

  test("they die too where what watches over them was killed before", async () => {
    await runWaiting();
    const pid = rememberedPid();
    const reaperPid = await eventually(
      () => childOfCloud("reaper.sh"),
      "reaper",
      () => cloud.pid,
    );
    process.kill(reaperPid, "SIGKILL");
    await eventually(
      () => [childOfCloud("reaper.sh")].find((other) => other !== undefined && other !== reaperPid),
      "second reaper",
      () => reaperPid,
    );
    await cloud.kill();

    await died(pid);
    expect(isAlive(pid)).toBe(false);
    await cloud.boot();
  });

  test("a task that ran ends as InfrastructureHealth at the next start, its version rising on", async () => {
    const { taskArn } = await runWaiting();
    await cloud.restart();
    const end = await stopped(taskArn);
    const versions = cloud.events().map(({ version }) => version);

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
    await cloud.restart();

    expect(await stopped(tasks?.[0]?.taskArn ?? "")).toMatchObject({
      stopCode: "EssentialContainerExited",
      containers: [{ exitCode: 3 }],
    });
  });

  test("clusters, task definitions, tasks and client tokens are kept", async () => {
    const { taskArn, clientToken } = await runWaiting();
    await cloud.restart();
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
