import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { claimJob, retryJob } from "#core/jobs/transitions.ts";
import { type Outcome, workRun } from "#flow/work-run.ts";
import { must } from "../support/builders.ts";
import type { FaultPlan } from "../support/faults.ts";
import { exited, Stage, uploadEvent } from "../support/stage.ts";
import { KEYS, idOf, jobOf, aLaunchedStage, failed, follow, told, ALL_WELL } from "./support/two-uploads.ts";

describe("the events of a run", () => {
  it("settle and tell each job once, in any order and however often they come", async () => {
    const eventCount = 4;
    const anyOrder = fc
      .tuple(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: eventCount }),
        fc.array(fc.nat(eventCount - 1), { maxLength: 6 }),
      )
      .chain(([order, more]) =>
        fc.shuffledSubarray([...order, ...more], { minLength: order.length + more.length }),
      );
    await fc.assert(
      fc.asyncProperty(anyOrder, async (order) => {
        const { stage, taskArn } = await aLaunchedStage();
        stage.change(taskArn, { lastStatus: "PENDING" });
        await stage.runTask(taskArn);
        const events = stage.taskEvents.splice(0);
        expect(events).toHaveLength(eventCount);

        for (const index of order) await stage.track(must(events[index]));

        expect(told(stage)).toEqual(ALL_WELL);
        const jobs = await Promise.all(KEYS.map((key) => jobOf(stage, key)));
        expect(jobs.map(({ state, attempts }) => [state, attempts.length])).toEqual([
          ["SUCCEEDED", 1],
          ["SUCCEEDED", 1],
        ]);
        expect(await stage.runs.listFlights()).toEqual([]);
        expect(await stage.runs.readRun("run-1")).toMatchObject({ state: "STOPPED", exitCode: 0 });
      }),
      { numRuns: 200 },
    );
  });

  it("find their run though they overtake dispatch's own write", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const fresh = new Stage();
    for (const key of KEYS) await fresh.intake(uploadEvent(key));
    const { runs } = fresh.ports;
    const launched: (() => Promise<unknown>)[] = [];
    const slowRuns = new Proxy(runs, {
      get: (target, name) =>
        name === "markLaunched"
          ? async (runId: string) => void launched.push(() => target.markLaunched(runId))
          : Reflect.get(target, name),
    });
    await fresh.dispatch({ runs: slowRuns });
    await fresh.runTask(must(fresh.launcher.tasks[0]).taskArn);
    await follow(fresh);
    for (const mark of launched) await mark();

    expect(await fresh.runs.listFlights()).toEqual([]);
    expect(told(fresh)).toEqual(ALL_WELL);
    expect(stage.launcher.tasks[0]?.taskArn).toBe(taskArn);
  });

  it("of a task that is not ours move no run and are told where it failed", async () => {
    const stage = new Stage();
    const task = { ...stage.launcher.start({ startedBy: "ecs-svc/1" } as never) };

    await stage.track(stage.change(task.taskArn, exited(1, stage.clock.now())));

    expect(stage.messages.announcements.map(({ type }) => type)).toEqual(["Trouble Noticed"]);
    expect(stage.messages.quarantined).toEqual([]);
  });

  it.each([
    ["{"],
    ["[]"],
    ['"text"'],
    ['{"type":"jobs-settled"}'],
    ['{"type":"jobs-ended","jobIds":[]}'],
    ['{"detail-type":"ECS Task State Change","source":"aws.ecs"}'],
  ])("that nobody can read go to the dead-letter queue with a reason: %s", async (body) => {
    const stage = new Stage();

    await stage.track(body);

    expect(stage.messages.quarantined).toMatchObject([
      { body, messageId: "m-1", reason: expect.stringContaining("neither") },
    ]);
  });
});

describe("following a run that is cut short", () => {
  const variants = (["none", "done"] as const).flatMap((effect) =>
    (["crash", "error"] as const).map((kind) => ({ effect, kind })),
  );
  const perform = (jobId: string): Outcome =>
    jobId === idOf("images/a.jpg") ? failed("not an image", false) : failed("busy", true);

  it.each(variants)(
    "at any call ($kind, effect $effect) is healed by the same event again",
    async ({ effect, kind }) => {
      let call = 0;
      do call += 1;
      while (await cutShortAt({ call, effect, kind }));
      expect(call).toBeGreaterThan(8);
    },
  );

  async function cutShortAt(plan: FaultPlan): Promise<boolean> {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.runTask(taskArn, perform);
    stage.faults.arm(plan);
    for (const body of stage.taskEvents.splice(0)) {
      await stage.track(body).catch(async () => {
        stage.faults.arm(undefined);
        await stage.track(body);
      });
    }
    stage.faults.arm(undefined);

    const [a, b] = [await jobOf(stage, "images/a.jpg"), await jobOf(stage, "images/b.jpg")];
    expect({ plan, states: [a.state, b.state] }).toEqual({ plan, states: ["FAILED", "RUNNABLE"] });
    expect(b.attempts).toHaveLength(1);
    expect(told(stage)).toEqual([`Job Failed ${idOf("images/a.jpg")}`, "Run Stopped run-1"]);
    expect({ plan, flights: await stage.runs.listFlights() }).toEqual({ plan, flights: [] });
    expect(stage.messages.wakeUps.length).toBeGreaterThan(0);
    return stage.faults.strikes > 0;
  }
});

describe("a task that dies", () => {
  const killed = {
    ...exited(137, new Date()),
    containers: [{ name: "main", exitCode: 137, reason: "OutOfMemoryError: container killed" }],
  };

  /** The task begins the first job and dies over it. */
  async function dieOverFirst(stage: Stage, taskArn: string): Promise<string[]> {
    await stage.work(taskArn, () => ({ type: "interrupted" })).catch(() => undefined);
    return stage.performed;
  }

  it("over one file costs that file a try, and those behind it nothing", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    const stopAfterOne = new AbortController();
    await workRun(
      {
        runId: "run-1",
        taskArn,
        jobsAtOnce: () => 1,
        stopping: stopAfterOne.signal,
        perform: async () => (stopAfterOne.abort(), { type: "interrupted" }),
      },
      {
        ...stage.ports,
        reports: stage.messages,
        results: { put: async () => undefined },
        inSeconds: () => () => undefined,
      },
    );
    stage.change(taskArn, killed);

    await follow(stage);

    const jobs = await Promise.all(KEYS.map((key) => jobOf(stage, key)));
    const guilty = must(jobs.find(({ attempts }) => attempts[0]?.outcome === "out-of-memory"));
    const innocent = must(jobs.find(({ attempts }) => attempts[0]?.outcome === "released"));
    expect(guilty).toMatchObject({ state: "RUNNABLE", alone: true });
    expect(innocent).toMatchObject({ state: "RUNNABLE" });
    expect(innocent.alone).toBeUndefined();
  });

  it("over several files at once tries each of them by itself", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await dieOverFirst(stage, taskArn);
    stage.change(taskArn, exited(139, stage.clock.now()));

    await follow(stage);

    const jobs = await Promise.all(KEYS.map((key) => jobOf(stage, key)));
    expect(jobs.map(({ state, alone }) => [state, alone])).toEqual([
      ["RUNNABLE", true],
      ["RUNNABLE", true],
    ]);
  });

  it("over several files judges the second like the first, though another run has the first by then", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await dieOverFirst(stage, taskArn);
    const settled = { outcome: "application", notBefore: stage.clock.now(), alone: true } as const;
    const first = must(retryJob(await jobOf(stage), "run-1", settled, stage.clock.now()));
    await stage.jobs.saveJob(first);
    await stage.jobs.saveJob(must(claimJob(first, "run-2", stage.clock.now())));
    stage.change(taskArn, exited(139, stage.clock.now()));

    await follow(stage);

    expect(await jobOf(stage, "images/b.jpg")).toMatchObject({ state: "RUNNABLE", alone: true });
  });

  it("before it began leaves its jobs to the next run, on the same account", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    stage.change(taskArn, {
      lastStatus: "STOPPED",
      stopCode: "TaskFailedToStart",
      stoppedReason: "Capacity is unavailable at this time",
      containers: [],
    });
    await follow(stage);

    await stage.settle();

    expect(await jobOf(stage)).toMatchObject({
      state: "SUCCEEDED",
      attempts: [{ outcome: "capacity" }, { outcome: "succeeded" }],
    });
  });

  it.each([
    [0, { state: "SUCCEEDED", attempts: [{ outcome: "succeeded" }] }],
    [75, { state: "RUNNABLE", attempts: [{ outcome: "application" }] }],
    [3, { state: "FAILED", failure: { class: "application" } }],
  ])(
    "with exit code %i speaks for its jobs where the image has no task runner",
    async (exitCode, expected) => {
      const { stage, taskArn } = await aLaunchedStage();
      stage.change(taskArn, { lastStatus: "RUNNING" });
      stage.change(taskArn, exited(exitCode, stage.clock.now()));

      await follow(stage);

      expect(await jobOf(stage)).toMatchObject(expected);
    },
  );
});

describe("a run that is over", () => {
  it("wakes dispatch, for there is room again", async () => {
    const { stage, taskArn } = await aLaunchedStage();
    await stage.runTask(taskArn);
    stage.messages.wakeUps.length = 0;

    await follow(stage);

    expect(stage.messages.wakeUps).toContainEqual({ afterSeconds: 0 });
  });
});
