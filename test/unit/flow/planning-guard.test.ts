import { readFile } from "node:fs/promises";
import { describe, expect, it } from "@jest/globals";
import { PipelinePaused } from "#events/slipway/pipeline-paused.ts";
import { notifyPause } from "#flow/notify-pause.ts";
import { followTask } from "#flow/track-task.ts";
import { MemoryStage, succeed } from "./support/memory-stage.ts";

async function aStageWithRuns(count: number, guard: object): Promise<MemoryStage> {
  const stage = new MemoryStage({ guard });
  await stage.pipelineStore.introducePipeline({
    pipeline: "images",
    since: stage.now.toISOString(),
    paused: false,
  });
  for (let index = 0; index < count; index += 1) {
    await stage.upload(`${index}.jpg`);
    await stage.dispatch();
    await stage.runTasks(succeed);
  }
  await stage.upload("one-more.jpg");
  return stage;
}

function pauses(stage: MemoryStage): string[] {
  return stage.messaging.announcements.flatMap((told) =>
    told.type === "Pipeline Paused" ? [told.pause.reason] : [],
  );
}

const isPaused = async (stage: MemoryStage) => (await stage.pipelineStore.readPipeline("images"))?.paused;

describe("A pipeline's guard", () => {
  it.each([
    [{ runsPerDay: 3 }, "The pipeline had 3 runs today, and its guard allows 3."],
    [{ usdPerDay: 0.0005 }, "The pipeline cost 0.00 US dollars today, and its guard allows 0.0005."],
  ])("of %j pauses it and tells it once", async (guard, reason) => {
    const stage = await aStageWithRuns(3, guard);

    expect(await stage.dispatch()).toEqual([]);
    expect(await stage.dispatch()).toEqual([]);

    expect(pauses(stage)).toEqual([reason]);
    expect(await isPaused(stage)).toBe(true);
  });

  it("launches no more at once than it allows, whatever is due and nothing has ended yet", async () => {
    const stage = new MemoryStage({ guard: { runsPerDay: 3 } });
    await stage.pipelineStore.introducePipeline({
      pipeline: "images",
      since: stage.now.toISOString(),
      paused: false,
    });
    for (let file = 0; file < 9; file += 1) await stage.upload(`${file}.jpg`);

    expect(await stage.dispatch()).toHaveLength(3);
    expect(await stage.dispatch()).toEqual([]);

    expect(pauses(stage)).toEqual(["The pipeline had 3 runs today, and its guard allows 3."]);
    await stage.pipelineStore.setPaused("images", false);
    expect(await stage.dispatch()).toHaveLength(3);
  });

  it("counts a run that is written and whose launch is not known to have worked", async () => {
    const stage = await aStageWithRuns(1, { runsPerDay: 2 });
    stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "no answer" });
    await stage.dispatch();
    await stage.upload("and-another.jpg");

    expect(await stage.dispatch()).toEqual([]);
    stage.pass(60);
    expect(await stage.dispatch()).toHaveLength(1);
    expect(await stage.dispatch()).toEqual([]);
    expect(await isPaused(stage)).toBe(true);
  });

  it.each([
    ["dispatch", 1],
    ["its end", 0],
  ])(
    "counts a run once whose launch had worked though nobody answered, seen first by %s",
    async (first, seen) => {
      const stage = await aStageWithRuns(0, { runsPerDay: 2 });
      const { launch } = stage.launcher;
      stage.launcher.launch = async (request) => {
        await launch.call(stage.launcher, request);
        return { type: "unknown", errorName: "TimeoutError", message: "no answer" };
      };
      const [request] = await stage.dispatch();
      stage.launcher.launch = launch;
      const task = stage.launcher.tasks.find(({ startedBy }) => startedBy === request?.startedBy);
      const change = { stopCode: "SpotInterruption" };
      const changed = (lastStatus: string) =>
        followTask(stage.launcher.change(task?.taskArn ?? "", { ...change, lastStatus }), stage.ports());
      const counted = async () => (await stage.pipelineStore.readPipeline("images"))?.tally?.runs ?? 0;

      await changed("RUNNING");
      if (first === "dispatch") await stage.dispatch();
      expect(await counted()).toBe(seen);
      await changed("STOPPED");
      await changed("STOPPED");

      expect(await counted()).toBe(1);
    },
  );

  it.each([
    ["the first", 1],
    ["the second", 2],
  ])(
    "counts a run once whose task is over before dispatch has written that %s launch worked",
    async (_which, launches) => {
      const stage = await aStageWithRuns(0, { runsPerDay: 2 });
      const { launch } = stage.launcher;
      for (let unanswered = 1; unanswered < launches; unanswered += 1) {
        stage.launcher.answers.push({ type: "unknown", errorName: "TimeoutError", message: "no answer" });
        await stage.dispatch();
        stage.pass(60);
      }
      stage.launcher.launch = async (request) => {
        const answer = await launch.call(stage.launcher, request);
        const task = stage.launcher.tasks.find(({ startedBy }) => startedBy === request.startedBy);
        const end = { lastStatus: "STOPPED", stopCode: "SpotInterruption" };
        await followTask(stage.launcher.change(task?.taskArn ?? "", end), stage.ports());
        return answer;
      };

      await stage.dispatch();

      expect((await stage.pipelineStore.readPipeline("images"))?.tally?.runs).toBe(1);
    },
  );

  it("holds up no run's end where what it cost cannot be counted", async () => {
    const stage = await aStageWithRuns(0, { runsPerDay: 2 });
    await stage.dispatch();
    stage.pipelineStore.addToTally = async () => Promise.reject(new Error("Throttled"));

    await stage.runTasks(succeed);

    expect(stage.messaging.announcements.map(({ type }) => type)).toContain("Run Stopped");
    expect(await stage.runs.listFlights()).toEqual([]);
  });

  it("that a pipeline has not got counts nothing", async () => {
    const stage = new MemoryStage();
    await stage.pipelineStore.introducePipeline({
      pipeline: "images",
      since: stage.now.toISOString(),
      paused: false,
    });
    await stage.upload("one.jpg");
    await stage.dispatch();
    await stage.runTasks(succeed);

    expect(await stage.pipelineStore.readPipeline("images")).not.toHaveProperty("tally");
  });

  it("counts a run with the next slice where the count could not be written", async () => {
    const stage = await aStageWithRuns(0, { runsPerDay: 2 });
    const { addToTally } = stage.pipelineStore;
    stage.pipelineStore.addToTally = async () => Promise.reject(new Error("Throttled"));
    await stage.dispatch();
    stage.pipelineStore.addToTally = addToTally;

    await stage.dispatch();

    expect((await stage.pipelineStore.readPipeline("images"))?.tally?.runs).toBe(1);
    expect(stage.launcher.launches).toHaveLength(1);
  });

  it("lets it go on below the limit, and on the next day", async () => {
    expect(await (await aStageWithRuns(3, { runsPerDay: 4 })).dispatch()).toHaveLength(1);

    const stage = await aStageWithRuns(3, { runsPerDay: 3 });
    stage.pass(86_400);
    expect(await stage.dispatch()).toHaveLength(1);
  });

  it("begins a new count when a person resumes", async () => {
    const stage = await aStageWithRuns(3, { runsPerDay: 3 });
    await stage.dispatch();

    await stage.pipelineStore.setPaused("images", false);

    expect(await stage.dispatch()).toHaveLength(1);
  });

  it("tells it again where dispatch died before the pause was written", async () => {
    const stage = await aStageWithRuns(3, { runsPerDay: 3 });
    const { setPaused } = stage.pipelineStore;
    stage.pipelineStore.setPaused = async () => Promise.reject(new Error("The function was killed."));
    expect(await stage.dispatch()).toEqual([]);
    stage.pipelineStore.setPaused = setPaused;

    await stage.dispatch();

    expect(pauses(stage)).toHaveLength(2);
    expect(await isPaused(stage)).toBe(true);
  });

  it("is mailed with what to do", async () => {
    const example = await readFile("events/slipway/pipeline-paused.json", "utf8");
    const mails: { subject: string; body: string }[] = [];
    const mail = { send: async (each: { subject: string; body: string }) => void mails.push(each) };

    await notifyPause(PipelinePaused.parse(JSON.parse(example)), { mail, stage: "dev" });

    expect(mails.map(({ subject }) => subject)).toEqual(["Slipway dev: images is paused by its guard"]);
    expect(mails[0]?.body).toContain("npx slipway resume images");

    await notifyPause(PipelinePaused.parse(JSON.parse(example)), { mail, stage: "s".repeat(90) });
    expect(mails[1]?.subject.length).toBeLessThan(100);
  });
});
