import { describe, expect, it } from "@jest/globals";
import { must } from "../support/builders.ts";
import { Stage, uploadEvent } from "../support/stage.ts";
import { idOf } from "./support/two-uploads.ts";

describe("a message of the intake queue", () => {
  it("makes one job, however often it comes, and wakes dispatch each time", async () => {
    const stage = new Stage();

    const answers = [];
    for (let delivery = 0; delivery < 5; delivery += 1)
      answers.push(await stage.intake(uploadEvent("images/a.jpg")));

    expect(answers).toEqual(Array.from({ length: 5 }, () => ({ wake: true })));
    expect(await stage.jobs.readJob(idOf("images/a.jpg"))).toMatchObject({ state: "RUNNABLE", revision: 1 });
  });

  it("does not wake dispatch for a job that has ended, and does not bring it back", async () => {
    const stage = new Stage();
    await stage.intake(uploadEvent("images/a.jpg"));
    await stage.settle();

    const again = await stage.intake(uploadEvent("images/a.jpg"));

    expect(again).toEqual({ wake: false });
    expect(await stage.jobs.readJob(idOf("images/a.jpg"))).toMatchObject({ state: "SUCCEEDED" });
  });

  it("makes a job of each version of an object", async () => {
    const stage = new Stage();

    await stage.intake(uploadEvent("images/a.jpg"));
    await stage.intake(uploadEvent("images/a.jpg", { "version-id": "v2" }));
    await stage.dispatch();

    expect(must(await stage.runs.readRun("run-1")).manifest).toHaveLength(2);
  });

  it.each([
    ["is not JSON", "{", "not an EventBridge event"],
    ["is no event", "[]", "not an EventBridge event"],
    [
      "names another bucket",
      uploadEvent("images/a.jpg").replaceAll('"name":"uploads"', '"name":"other"'),
      "is not the uploads bucket",
    ],
    ["has no key", uploadEvent(""), "detail.object.key"],
  ])("that %s goes to the dead-letter queue with the reason", async (_what, body, reason) => {
    const stage = new Stage();

    const answer = await stage.intake(body);

    expect(answer).toEqual({ wake: false });
    expect(stage.messages.quarantined).toEqual([
      { body, messageId: "m-1", reason: expect.stringContaining(reason) },
    ]);
  });

  it.each([
    ["a folder marker", uploadEvent("images/2026/", { size: 0 })],
    ["a key outside of every pipeline", uploadEvent("elsewhere/a.jpg")],
  ])("about %s is dropped", async (_what, body) => {
    const stage = new Stage();

    const answer = await stage.intake(body);

    expect(answer).toEqual({ wake: false });
    expect(stage.messages.quarantined).toEqual([]);
    await stage.dispatch();
    expect(stage.launcher.launches).toEqual([]);
  });

  it("goes back to the queue when the table does not answer, and is recorded the next time", async () => {
    const stage = new Stage();
    stage.faults.arm({ call: 1, effect: "done", kind: "crash" });
    await expect(stage.intake(uploadEvent("images/a.jpg"))).rejects.toThrow("call 1");
    stage.faults.arm(undefined);

    const again = await stage.intake(uploadEvent("images/a.jpg"));

    expect(again).toEqual({ wake: true });
  });
});

describe("the same upload five times, between its later states", () => {
  it("is one job, one run and one result", async () => {
    const stage = new Stage();
    const event = uploadEvent("images/a.jpg");
    await stage.intake(event);
    await stage.intake(event);
    await stage.dispatch();
    const { taskArn } = must(stage.launcher.tasks[0]);
    await stage.intake(event);
    await stage.dispatch();
    await stage.runTask(taskArn);
    await stage.intake(event);
    for (const body of stage.taskEvents.splice(0)) await stage.track(body);
    await stage.intake(event);
    await stage.dispatch();
    await stage.settle();

    expect(stage.launcher.launches).toHaveLength(1);
    expect(stage.performed).toEqual([`${idOf("images/a.jpg")}/1`]);
    expect(await stage.jobs.readJob(idOf("images/a.jpg"))).toMatchObject({
      state: "SUCCEEDED",
      attempts: [{}],
    });
    expect(stage.messages.announcements.filter(({ type }) => type === "Job Succeeded")).toHaveLength(1);
  });
});
