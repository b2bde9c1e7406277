import { describe, expect, it } from "@jest/globals";
import { MemoryMessaging } from "#adapters/memory/memory-messaging.ts";
import { MemoryNoticeStore } from "#adapters/memory/memory-notice-store.ts";
import { notifyFailure, type NotifyPorts } from "#flow/notify-failure.ts";
import { JobFailed } from "#events/slipway/job-ended.ts";
import { NOW, TASK_ARN } from "../support/builders.ts";
import { Faults } from "../support/faults.ts";

function aFailure(jobId: string, change: Record<string, unknown> = {}): JobFailed {
  return JobFailed.parse({
    id: jobId,
    "detail-type": "Job Failed",
    source: "slipway",
    time: "2026-11-22T20:00:00Z",
    detail: {
      jobId,
      pipeline: "images",
      state: "FAILED",
      source: { type: "upload", bucket: "uploads", key: `images/${jobId}.jpg` },
      attempts: 1,
      createdAt: NOW.toISOString(),
      endedAt: NOW.toISOString(),
      taskArn: TASK_ARN,
      failure: {
        class: "application",
        reason: `File "${jobId}" is no image.`,
        advice: "Upload an image.",
        retry: "no",
      },
      ...change,
    },
  });
}

/** Calls of the first failure: the board read, asked twice whether the failure is known, written; the failure noted; the mail. */
const MAIL_CALL = 6;

/** Before it repeats an asynchronous invocation that failed. */
const LAMBDA_WAITS_MS = 60_000;

class Desk {
  readonly faults = new Faults();
  readonly messages = new MemoryMessaging();
  readonly notices = new MemoryNoticeStore();
  nowMs = NOW.getTime();

  notify(failure: JobFailed, change: Partial<NotifyPorts> = {}): Promise<void> {
    return notifyFailure(failure, {
      pipelines: {},
      notices: this.faults.wrap(this.notices),
      mail: this.faults.wrap(this.messages),
      taskLogs: { tail: async () => ["the last line"] },
      clock: { now: () => new Date(this.nowMs) },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      stage: "dev",
      region: "us-east-1",
      logGroupPrefix: "/slipway/dev/",
      ...change,
    });
  }
}

describe("notify", () => {
  it("mails the first of a group of equal failures and counts the others", async () => {
    const desk = new Desk();

    for (const jobId of ["a", "b", "c"]) await desk.notify(aFailure(jobId));

    expect(desk.messages.mails).toHaveLength(1);
    expect(desk.messages.mails[0]?.body).toContain("the last line");
  });

  it("mails each kind of failure", async () => {
    const desk = new Desk();
    await desk.notify(aFailure("a"));

    await desk.notify(
      aFailure("b", { failure: { class: "network", reason: "No route.", advice: "Look.", retry: "later" } }),
    );

    expect(desk.messages.mails).toHaveLength(2);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])(
    "mails after a crash at call %i, when the event comes again",
    async (call) => {
      for (const effect of ["none", "done"] as const) {
        const desk = new Desk();
        desk.faults.arm({ call, effect, kind: "crash" });
        await expect(desk.notify(aFailure("a"))).rejects.toThrow("call");
        desk.faults.arm(undefined);

        desk.nowMs += LAMBDA_WAITS_MS;
        await desk.notify(aFailure("a"));

        expect({ call, effect, mails: desk.messages.mails.length >= 1 }).toEqual({
          call,
          effect,
          mails: true,
        });
      }
    },
  );

  it("mails the next failure where the first one's mail never went", async () => {
    const desk = new Desk();
    desk.faults.arm({ call: MAIL_CALL, effect: "none", kind: "crash" });
    await expect(desk.notify(aFailure("a"))).rejects.toThrow("call");
    desk.faults.arm(undefined);
    await desk.notify(aFailure("b"));
    expect(desk.messages.mails).toEqual([]);
    desk.nowMs += 61_000;

    await desk.notify(aFailure("c"));
    await desk.notify(aFailure("d"));

    expect(desk.messages.mails).toHaveLength(1);
  });

  it("mails without the log where the log cannot be read", async () => {
    const desk = new Desk();

    await desk.notify(aFailure("a"), {
      taskLogs: { tail: async () => Promise.reject(new Error("AccessDenied")) },
    });

    expect(desk.messages.mails[0]?.body).toContain("the log could not be read: Error: AccessDenied");
  });
});
