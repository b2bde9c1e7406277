import { describe, expect, it } from "@jest/globals";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";
import { followTask } from "#flow/track-task.ts";
import { MemoryStage, succeed } from "./support/memory-stage.ts";

const NO_ADDRESS = {
  lastStatus: "STOPPED",
  stopCode: "TaskFailedToStart",
  stoppedReason:
    "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
} as const;
const refused = (errorName: string, message: string): LaunchResult => ({
  type: "refused",
  errorName,
  message,
});
const throttled = refused("ThrottlingException", "Rate exceeded");

async function aStageWith(files: number, capacity: object = {}): Promise<MemoryStage> {
  const stage = new MemoryStage({ capacity: { type: "on-demand", maxTasks: 50, ...capacity } });
  for (let file = 0; file < files; file += 1) await stage.upload(`${file}.jpg`);
  return stage;
}

async function findNoAddress(stage: MemoryStage, request: RunTaskRequest | undefined): Promise<void> {
  const task = stage.launcher.tasks.find(({ startedBy }) => startedBy === request?.startedBy);
  await followTask(stage.launcher.change(task?.taskArn ?? "", NO_ADDRESS), stage.ports());
}

describe("The pace of launches", () => {
  it("is the account's, also within one slice, and nothing waits for another wake-up", async () => {
    const stage = await aStageWith(20);
    stage.limit({ maxVcpu: 100, launchesPerSecond: 3 });
    const begun = stage.now.getTime();

    expect(await stage.dispatch()).toHaveLength(20);

    expect((stage.now.getTime() - begun) / 1000).toBeCloseTo(20 / 3, 0);
  });

  it("counts launches that are made again: what has no turn waits a second", async () => {
    const stage = await aStageWith(5);
    stage.launcher.answers.push(
      ...Array.from({ length: 5 }, () => refused("ExpiredTokenException", "expired")),
    );
    await stage.dispatch();
    stage.pass(60);
    stage.limit({ maxVcpu: 100, launchesPerSecond: 3 });

    expect(await stage.dispatch()).toHaveLength(2);
    expect(stage.messaging.wakeUps.at(-1)).toEqual({ afterSeconds: 1 });
  });

  it("stops for this slice where AWS asks for fewer calls, for others in the account call too", async () => {
    const stage = await aStageWith(5);
    stage.launcher.answers.push(throttled);

    expect(await stage.dispatch()).toHaveLength(1);
    expect(stage.messaging.wakeUps.at(-1)).toEqual({ afterSeconds: 1 });
  });

  it("lets the next slice begin with a full bucket", async () => {
    const stage = await aStageWith(2);
    const pauses: number[] = [];

    await stage.dispatch({ pause: async (milliseconds) => void pauses.push(milliseconds) });

    expect(pauses).toEqual([134]);
  });

  it("is the pipeline's own, also where a task is over long before the next may come", async () => {
    const stage = await aStageWith(1, { launchesPerSecond: 0.01 });
    const since = stage.now.toISOString();
    await stage.pipelineStore.introducePipeline({ pipeline: "images", since, paused: false });
    await stage.dispatch();
    await stage.runTasks(succeed);
    await stage.upload("late.jpg");
    stage.pass(60);

    expect(await stage.dispatch()).toEqual([]);
    expect(stage.messaging.wakeUps.at(-1)).toEqual({ afterSeconds: 39 });
    stage.pass(40);
    expect(await stage.dispatch()).toHaveLength(1);
  });
});

describe("Where there is no room", () => {
  it("a task without an address holds back all launches, and they come back by themselves", async () => {
    const stage = await aStageWith(1);
    const requests = await stage.dispatch();
    await stage.upload("late.jpg");

    await findNoAddress(stage, requests[0]);
    expect(await stage.dispatch()).toEqual([]);
    expect(stage.messaging.wakeUps.at(-1)).toEqual({ afterSeconds: 15 });
    stage.pass(15);
    expect(await stage.dispatch()).toHaveLength(1);

    await stage.settle(succeed);
    expect(
      (await Promise.all([...stage.jobs.allJobs()].map(({ jobId }) => stage.job(jobId)))).map(
        ({ state }) => state,
      ),
    ).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });

  it("failures[] hold back the pipeline in the very next slice", async () => {
    const stage = await aStageWith(1);
    stage.launcher.answers.push({ type: "failed", failures: [{ reason: "RESOURCE:ENI" }] });
    await stage.dispatch();
    await stage.upload("late.jpg");

    expect(await stage.dispatch()).toEqual([]);
    expect((await stage.pipelineStore.readHolds())?.holds).toMatchObject({
      images: { ceiling: 0, level: 0 },
    });
  });

  it("a launch goes on where that could not be remembered", async () => {
    const stage = await aStageWith(1);
    stage.launcher.answers.push({ type: "failed", failures: [{ reason: "RESOURCE:ENI" }] });
    stage.pipelineStore.saveHolds = async () => Promise.reject(new Error("The table does not answer."));

    await stage.settle(succeed);

    expect([...stage.jobs.allJobs()].map(({ state }) => state)).toEqual(["SUCCEEDED"]);
  });

  it.each([
    ["the first", (requests: readonly RunTaskRequest[]) => requests],
    ["the last", (requests: readonly RunTaskRequest[]) => requests.toReversed()],
  ])("of many that fail at once, %s before the others, one is heard", async (_, inOrder) => {
    const stage = await aStageWith(8);
    stage.limit({ maxVcpu: 100, launchesPerSecond: 1 });

    for (const request of inOrder(await stage.dispatch())) {
      stage.pass(1);
      await findNoAddress(stage, request);
    }

    expect((await stage.pipelineStore.readHolds())?.holds).toMatchObject({ "*": { level: 0 } });
  });

  it("a try that fails as well holds back for longer", async () => {
    const stage = await aStageWith(1);
    await findNoAddress(stage, (await stage.dispatch())[0]);
    await stage.upload("late.jpg");
    stage.pass(15);

    await findNoAddress(stage, (await stage.dispatch())[0]);

    expect((await stage.pipelineStore.readHolds())?.holds).toMatchObject({ "*": { level: 1 } });
  });
});
