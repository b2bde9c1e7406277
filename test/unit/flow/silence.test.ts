import { describe, expect, it } from "@jest/globals";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import { reviewSilence } from "#flow/review-silence.ts";
import { MemoryStage, succeed } from "./support/memory-stage.ts";

const NO_ROOM: LaunchResult = { type: "failed", failures: [{ reason: "RESOURCE:FARGATE" }] };

async function aStage(files = 1): Promise<MemoryStage> {
  const stage = new MemoryStage({ capacity: { type: "on-demand" } });
  await stage.pipelineStore.introducePipeline({
    pipeline: "images",
    since: stage.now.toISOString(),
    paused: false,
  });
  for (let file = 0; file < files; file += 1) await stage.upload(`${file}.jpg`);
  return stage;
}

/** Every five minutes a tick of sweep, and whatever goes on in between. */
async function pass(
  stage: MemoryStage,
  minutes: number,
  between: () => Promise<unknown> = async () => undefined,
) {
  for (let minute = 0; minute < minutes; minute += 5) {
    await reviewSilence(stage.ports());
    await between();
    stage.pass(300);
  }
  await reviewSilence(stage.ports());
}

function troubles(stage: MemoryStage) {
  return stage.messaging.announcements.flatMap((told) =>
    told.type === "Trouble Noticed" ? [told.trouble] : [],
  );
}

describe("Work that waits", () => {
  it("for half an hour while nothing begins is told, with the cause that the last try gave", async () => {
    const stage = await aStage();

    await pass(stage, 25, async () => {
      stage.launcher.answers.push(NO_ROOM);
      await stage.dispatch();
    });
    expect(troubles(stage)).toEqual([]);
    await pass(stage, 5);

    expect(troubles(stage)[0]).toMatchObject({
      about: "waiting",
      pipeline: "images",
      class: "capacity",
      reason:
        "Work of the pipeline waits, and none of its tasks has begun for 30 minutes; the last try ended with: capacity.",
    });
  });

  it("is the same trouble within an hour, and another in the next", async () => {
    const stage = await aStage();

    await pass(stage, 130);

    expect(new Set(troubles(stage).map(({ troubleId }) => troubleId)).size).toBe(3);
  });

  it("says where to look when no try was made at all", async () => {
    const stage = await aStage();

    await pass(stage, 30);

    expect(troubles(stage)[0]?.reason).toContain("or dispatch does not run");
    expect(troubles(stage)[0]?.advice).toContain("dead-letter queue of dispatch");
  });

  it("is not told where its jobs begin one after the other", async () => {
    const stage = await aStage(60);
    const oneAtATime = {
      pipelines: { images: { ...onlyImages(stage), capacity: { type: "on-demand", maxTasks: 1 } as const } },
    };

    await pass(stage, 120, async () => {
      await stage.dispatch(oneAtATime);
      await stage.runTasks(succeed, 200);
    });

    expect(troubles(stage)).toEqual([]);
  });

  it("is not told behind a task that runs, nor of a paused pipeline", async () => {
    const stage = await aStage();
    await stage.dispatch();
    const [flight] = await stage.runs.listFlights();
    const run = await stage.runs.readRun(flight?.runId ?? "");
    if (run === undefined) throw new Error("Nothing was launched.");
    await stage.runs.saveRun({ ...run, lastStatus: "RUNNING", revision: run.revision + 1 });
    await stage.upload("behind.jpg");
    await pass(stage, 60);

    const paused = await aStage();
    await paused.pipelineStore.setPaused("images", true);
    await pass(paused, 60);

    expect([...troubles(stage), ...troubles(paused)]).toEqual([]);
  });

  it("begins to wait anew when it was resumed", async () => {
    const stage = await aStage();
    await pass(stage, 20);
    await stage.pipelineStore.setPaused("images", true);
    await pass(stage, 60);
    await stage.pipelineStore.setPaused("images", false);

    await pass(stage, 25);
    expect(troubles(stage)).toEqual([]);
    await pass(stage, 10);
    expect(troubles(stage)).not.toEqual([]);
  });
});

function onlyImages(stage: MemoryStage) {
  const { images } = stage.pipelines;
  if (images === undefined) throw new Error("There is no pipeline images.");
  return images;
}
