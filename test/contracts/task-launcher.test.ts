import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EcsTaskLauncher } from "#adapters/aws/ecs-task-launcher.ts";
import { MemoryTaskLauncher } from "#adapters/memory/memory-task-launcher.ts";
import type { LaunchResult, TaskLauncher } from "#core/ports/task-launcher.ts";
import { type RunTaskRequest, startedByOf } from "#core/runs/run.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";
import { TIMEOUTS } from "#runtime/shared-clients.ts";
import { startTaskCloud, type TaskCloud } from "../local/tasks/support/task-cloud.ts";
import { aPipeline } from "../unit/support/builders.ts";

let cloud: TaskCloud;
beforeAll(async () => {
  cloud = await startTaskCloud();
  await cloud.register({ command: ["/app/main.mjs", "wait"] });
});
afterAll(() => cloud.stop());

let runs = 0;

function aRequest(change: Partial<RunTaskRequest> = {}): RunTaskRequest {
  const runId = `run-${(runs += 1)}`;
  const pipeline = aPipeline();
  const site = {
    cluster: "jobs",
    networks: { public: { subnets: ["subnet-0a1b2c3d"], securityGroup: "sg-1", publicAddress: true } },
    capacityProviders: {},
    taskDefinitions: { images: "worker" },
  };
  return {
    ...runTaskRequest({ runId, pipeline, jobs: [], size: pipeline.size, spot: false }, site),
    ...change,
  };
}

function arnOf(result: LaunchResult): string {
  if (result.type !== "launched") throw new Error(`Not launched: ${JSON.stringify(result)}`);
  return result.taskArn;
}

/** What every TaskLauncher does, in a cluster "jobs" that has a task definition "worker". */
function taskLauncherContract(make: () => TaskLauncher): void {
  let launcher: TaskLauncher;
  beforeEach(() => {
    launcher = make();
  });

  it("starts a task that carries the run's id", async () => {
    const request = aRequest();

    const taskArn = arnOf(await launcher.launch(request));

    expect(await launcher.describe([taskArn])).toMatchObject([
      { taskArn, startedBy: request.startedBy, desiredStatus: "RUNNING" },
    ]);
  });

  it("starts one task for the same bytes, however often they are sent", async () => {
    const request = aRequest();
    const first = arnOf(await launcher.launch(request));

    expect(arnOf(await launcher.launch(structuredClone(request)))).toBe(first);
  });

  it("is told of the task when the same token comes with other bytes", async () => {
    const request = aRequest();
    const first = arnOf(await launcher.launch(request));

    const other = await launcher.launch({ ...request, startedBy: startedByOf("other") });

    expect(other).toEqual({ type: "conflict", taskArns: [first] });
  });

  it("describes the tasks that ECS knows and leaves out the others", async () => {
    const taskArn = arnOf(await launcher.launch(aRequest()));
    const unknown = taskArn.replace(/[^/]+$/, "f".repeat(32));

    expect((await launcher.describe([unknown, taskArn])).map((task) => task.taskArn)).toEqual([taskArn]);
  });

  it("describes no more than a hundred at once", async () => {
    const arns = Array.from({ length: 101 }, (_, n) => `arn:aws:ecs:us-east-1:000000000000:task/jobs/${n}`);

    await expect(launcher.describe(arns)).rejects.toThrow();
  });

  it("lists the tasks that nobody has told to stop, in pages", async () => {
    const going = arnOf(await launcher.launch(aRequest()));
    const told = arnOf(await launcher.launch(aRequest()));
    await launcher.stop(told, "enough");

    const listed: string[] = [];
    let next: string | undefined;
    do {
      const page = await launcher.list(next);
      listed.push(...page.taskArns);
      next = page.next;
    } while (next !== undefined);

    expect(listed).toContain(going);
    expect(listed).not.toContain(told);
  });

  it("asks a task to stop, and says why", async () => {
    const taskArn = arnOf(await launcher.launch(aRequest()));

    await launcher.stop(taskArn, "JOB_TIMEOUT: too long");

    expect(await launcher.describe([taskArn])).toMatchObject([
      { desiredStatus: "STOPPED", stopCode: "UserInitiated", stoppedReason: "JOB_TIMEOUT: too long" },
    ]);
  });

  it("takes a task that is gone for stopped", async () => {
    const taskArn = arnOf(await launcher.launch(aRequest())).replace(/[^/]+$/, "f".repeat(32));

    await expect(launcher.stop(taskArn, "late")).resolves.toBeUndefined();
  });
}

describe("the launcher in ECS", () => {
  const launcher = () => new EcsTaskLauncher({ client: cloud.ecs, cluster: "jobs" });
  taskLauncherContract(launcher);

  it("gives failures[] as failures, though the answer is 200", async () => {
    await cloud.control("faults", { failures: { count: 1, reason: "RESOURCE:ENI" } });

    expect(await launcher().launch(aRequest())).toEqual({
      type: "failed",
      failures: [expect.objectContaining({ reason: "RESOURCE:ENI" })],
    });
  });

  it("gives what AWS refuses by its name", async () => {
    const refused = await launcher().launch(aRequest({ taskDefinition: "nobody" }));

    expect(refused).toMatchObject({ type: "refused", errorName: "ClientException" });
  });

  it("does not know what became of a call that nobody answers", async () => {
    const client = new ECSClient({ ...cloud.test.client, endpoint: "http://127.0.0.1:1", maxAttempts: 1 });

    expect(await new EcsTaskLauncher({ client, cluster: "jobs" }).launch(aRequest())).toMatchObject({
      type: "unknown",
    });
  });

  it("nor of one whose answer does not come in time", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const client = new ECSClient({
      ...cloud.test.client,
      endpoint: `http://127.0.0.1:${port}`,
      maxAttempts: 1,
      requestHandler: { ...TIMEOUTS, requestTimeout: 200 },
    });

    const launched = await new EcsTaskLauncher({ client, cluster: "jobs" }).launch(aRequest());
    silent.closeAllConnections();
    silent.close();

    expect(launched).toMatchObject({ type: "unknown", errorName: "TimeoutError" });
  });

  it("tells how a task ended", async () => {
    const taskDefinition = await cloud.register(
      { command: ["/app/main.mjs", "exit", "7"] },
      { family: "ends" },
    );
    const request = aRequest({ taskDefinition });
    const taskArn = arnOf(await launcher().launch(request));
    await cloud.stopped(taskArn);

    const [task] = await launcher().describe([taskArn]);
    expect(task).toMatchObject({
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [{ name: "main", exitCode: 7 }],
    });
    expect(Date.parse(task?.stoppedAt ?? "")).not.toBeNaN();
    expect(task?.version).toBeGreaterThan(1);
  });
});

describe("the launcher in memory", () => {
  taskLauncherContract(() => new MemoryTaskLauncher({ clock: { now: () => new Date() } }));
});
