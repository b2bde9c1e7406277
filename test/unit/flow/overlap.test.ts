import { describe, expect, test } from "@jest/globals";
import { requestJobId, scheduleJobId } from "#core/jobs/job-id.ts";
import type { JobSource } from "#core/jobs/job.ts";
import { newJob } from "#core/jobs/transitions.ts";
import { MemoryStage, succeed, type Work } from "./support/memory-stage.ts";

const RULE = "arn:aws:events:us-east-1:000000000000:rule/slipway-test-images";
const BACKOFF_SECONDS = 1000;
const tryAgain: Work = () => ({ type: "failed", report: { reason: "Not now.", tryAgain: true } });

/** A pipeline that ticks, with a minute between two ticks of the test. */
class TickingStage extends MemoryStage {
  constructor(overlap: "skip" | "queue" | "allow") {
    super(
      {
        overlap,
        retry: { attempts: 2, backoffSeconds: BACKOFF_SECONDS, maxBackoffSeconds: BACKOFF_SECONDS },
      },
      { type: "schedule", expression: "rate(1 hour)" },
    );
  }

  /** A tick as intake records it. @returns the job's id */
  async tick(): Promise<string> {
    this.pass(60);
    const tick = this.now.toISOString();
    const source = { type: "schedule", ruleArn: RULE, tick } as const;
    return this.#record(scheduleJobId({ pipeline: "images", ...source }), source);
  }

  async request(): Promise<string> {
    this.pass(60);
    const source = { type: "request", idempotencyKey: "by-hand", input: null } as const;
    return this.#record(requestJobId({ pipeline: "images", ...source }), source);
  }

  async states(...jobIds: readonly string[]): Promise<string[]> {
    return Promise.all(jobIds.map(async (jobId) => (await this.job(jobId)).state));
  }

  async #record(jobId: string, source: JobSource): Promise<string> {
    const pipeline = this.pipelines["images"];
    if (pipeline === undefined) throw new Error("There is no pipeline images.");
    await this.jobs.createJob(newJob({ jobId, pipeline, source, at: this.now }));
    return jobId;
  }
}

describe("a tick that comes while an earlier one runs", () => {
  test("is dropped with skip, and says why", async () => {
    const stage = new TickingStage("skip");
    const first = await stage.tick();
    await stage.dispatch();
    const second = await stage.tick();

    expect(await stage.dispatch()).toHaveLength(0);
    await stage.runTasks(succeed);

    expect(await stage.states(first, second)).toEqual(["SUCCEEDED", "CANCELLED"]);
    expect((await stage.job(second)).failure?.reason).toBe("An earlier tick had not ended (overlap: skip).");
  });

  test("waits with queue, and all that wait go one after the other, the oldest first", async () => {
    const stage = new TickingStage("queue");
    const ticks = [await stage.tick(), await stage.tick(), await stage.tick()];
    const begun: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      expect(await stage.dispatch()).toHaveLength(1);
      expect(await stage.dispatch()).toHaveLength(0);
      await stage.runTasks((job, run) => {
        begun.push(job.jobId);
        return succeed(job, run);
      });
    }

    expect(begun).toEqual(ticks);
    expect(await stage.states(...ticks)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
  });

  test("goes beside it with allow", async () => {
    const stage = new TickingStage("allow");
    const first = await stage.tick();
    await stage.dispatch();
    const second = await stage.tick();

    expect(await stage.dispatch()).toHaveLength(1);
    expect(await stage.states(first, second)).toEqual(["STARTING", "STARTING"]);
  });
});

describe("a tick that comes while an earlier one waits to be tried again", () => {
  test("is dropped with skip: the earlier one has not ended", async () => {
    const stage = new TickingStage("skip");
    const first = await stage.tick();
    await stage.dispatch();
    await stage.runTasks(tryAgain);
    const second = await stage.tick();

    expect(await stage.dispatch()).toHaveLength(0);
    expect(await stage.states(first, second)).toEqual(["RUNNABLE", "CANCELLED"]);
  });

  test("waits behind it with queue, and dispatch wakes itself for the one that is tried again", async () => {
    const stage = new TickingStage("queue");
    const first = await stage.tick();
    await stage.dispatch();
    await stage.runTasks(tryAgain);
    const second = await stage.tick();
    stage.messaging.wakeUps.length = 0;

    expect(await stage.dispatch()).toHaveLength(0);
    const [{ afterSeconds } = { afterSeconds: 0 }] = stage.messaging.wakeUps;
    expect(afterSeconds).toBeGreaterThan(60);
    stage.pass(afterSeconds);
    expect(await stage.dispatch()).toHaveLength(1);
    await stage.runTasks(succeed);
    await stage.dispatch();
    await stage.runTasks(succeed);

    expect((await stage.job(first)).attempts.map(({ outcome }) => outcome)).toEqual([
      "application",
      "succeeded",
    ]);
    expect(await stage.states(first, second)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  });
});

describe("a schedule's pipeline", () => {
  test("runs a tick once that was delivered twice", async () => {
    const stage = new TickingStage("allow");
    const first = await stage.tick();
    stage.pass(-60);
    expect(await stage.tick()).toBe(first);

    expect(await stage.dispatch()).toHaveLength(1);
    await stage.runTasks(succeed);
    expect(await stage.dispatch()).toHaveLength(0);
    expect((await stage.job(first)).attempts).toHaveLength(1);
  });

  test("lets what a person asked for wait, and does not drop it", async () => {
    const stage = new TickingStage("skip");
    await stage.tick();
    await stage.dispatch();
    const asked = await stage.request();
    await stage.dispatch();
    await stage.runTasks(succeed);
    await stage.dispatch();
    await stage.runTasks(succeed);

    expect(await stage.states(asked)).toEqual(["SUCCEEDED"]);
  });
});
