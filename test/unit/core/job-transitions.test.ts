import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import {
  cancelJob,
  claimJob,
  completeJob,
  failJob,
  reportJobFailure,
  retryByPerson,
  retryJob,
  succeedJob,
  takeJob,
} from "#core/jobs/transitions.ts";
import { aJob, aRunningJob, aStartingJob, later, must, NOW, RUN_ID, TASK_ARN } from "../support/builders.ts";

const failure = { class: "application", reason: "no image", advice: "another", retry: "no" } as const;

type Move = (job: Job, runId: string, at: Date) => Job | undefined;

/** Whatever a program may try, at any time and for any run. */
const MOVES: Readonly<Record<string, Move>> = {
  claim: claimJob,
  take: (job, runId, at) => takeJob(job, { runId, attempt: job.attempts.length, taskArn: TASK_ARN }, at),
  "take an earlier attempt": (job, runId, at) =>
    takeJob(job, { runId, attempt: job.attempts.length - 1, taskArn: TASK_ARN }, at),
  succeed: (job, runId, at) => succeedJob(job, runId, 1, at),
  complete: completeJob,
  report: (job, runId, at) => reportJobFailure(job, runId, { reason: "busy", tryAgain: true }, at),
  retry: (job, runId, at) => retryJob(job, runId, { outcome: "platform", notBefore: at, alone: false }, at),
  fail: (job, runId, at) => failJob(job, runId, failure, at),
  cancel: (job, _runId, at) => cancelJob(job, { reason: "not wanted" }, at),
};
const PERSON = "retry by a person";
const ORDER = ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING"];

const steps = fc.array(
  fc.record({
    move: fc.constantFrom(...Object.keys(MOVES), PERSON),
    runId: fc.constantFrom("run-1", "run-2"),
  }),
  { maxLength: 30 },
);

/** Plays the steps; calls back for each that was allowed. */
function play(
  moves: readonly { move: string; runId: string }[],
  moved: (before: Job, after: Job, move: string) => void,
): Job {
  let job = aJob();
  for (const [index, { move, runId }] of moves.entries()) {
    const at = later(index + 1);
    const after = move === PERSON ? retryByPerson(job, at) : must(MOVES[move])(job, runId, at);
    if (after === undefined) continue;
    moved(job, after, move);
    job = after;
  }
  return job;
}

describe("a job, whatever is tried with it", () => {
  it("never changes once it has ended, but by a person's retry", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (before, _after, move) => expect(isTerminal(before) && move !== PERSON).toBe(false));
      }),
    );
  });

  it("never moves backwards within an attempt", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (before, after) => {
          if (isTerminal(before) || isTerminal(after) || after.state === "RUNNABLE") return;
          expect(ORDER.indexOf(after.state)).toBeGreaterThanOrEqual(ORDER.indexOf(before.state));
        });
      }),
    );
  });

  it("keeps every attempt on record and ends each before the next", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const job = play(moves, (before, after) => {
          expect(after.attempts.length).toBeGreaterThanOrEqual(before.attempts.length);
          expect(after.attempts.slice(0, before.attempts.length).map(({ runId }) => runId)).toEqual(
            before.attempts.map(({ runId }) => runId),
          );
        });
        expect(job.attempts.slice(0, -1).every(({ outcome }) => outcome !== undefined)).toBe(true);
      }),
    );
  });

  it("raises its revision by one with each write, and says when", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (before, after) => {
          expect(after.revision).toBe(before.revision + 1);
          expect(after.updatedAt > before.updatedAt).toBe(true);
        });
      }),
    );
  });

  it("is due exactly while it is RUNNABLE, and has ended exactly in a terminal state", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (_before, after) => {
          expect(after.notBefore !== undefined).toBe(after.state === "RUNNABLE");
          expect(after.endedAt !== undefined).toBe(isTerminal(after));
          expect(after.failure !== undefined).toBe(after.state === "FAILED" || after.state === "CANCELLED");
        });
      }),
    );
  });
});

describe("taking a job", () => {
  it("is for the run and the attempt that hold it", () => {
    const job = aStartingJob();

    expect(takeJob(job, { runId: "run-2", attempt: 1, taskArn: TASK_ARN }, NOW)).toBeUndefined();
    expect(takeJob(job, { runId: RUN_ID, attempt: 2, taskArn: TASK_ARN }, NOW)).toBeUndefined();
    expect(takeJob(job, { runId: RUN_ID, attempt: 1, taskArn: TASK_ARN }, NOW)).toMatchObject({
      state: "RUNNING",
    });
  });

  it("is for the first that comes", () => {
    expect(takeJob(aRunningJob(), { runId: RUN_ID, attempt: 1, taskArn: TASK_ARN }, NOW)).toBeUndefined();
  });
});

describe("a failure that a task reports", () => {
  it("leaves the job RUNNING until track decides, and keeps a later success out", () => {
    const reported = must(reportJobFailure(aRunningJob(), RUN_ID, { reason: "busy", tryAgain: true }, NOW));

    expect(reported).toMatchObject({ state: "RUNNING", reported: { reason: "busy", tryAgain: true } });
    expect(succeedJob(reported, RUN_ID, 1, NOW)).toBeUndefined();
  });

  it("is cut where it is longer than people read", () => {
    const reported = must(
      reportJobFailure(aRunningJob(), RUN_ID, { reason: "x".repeat(1e6), tryAgain: false }, NOW),
    );

    expect(reported.reported?.reason).toHaveLength(1000);
  });
});

describe("a job that killed its run", () => {
  it("runs alone from then on, also when the next run is taken away from under it", () => {
    const again = must(
      retryJob(aRunningJob(), RUN_ID, { outcome: "out-of-memory", notBefore: NOW, alone: true }, NOW),
    );

    expect(again.alone).toBe(true);
    expect(must(claimJob(again, "run-2", NOW)).alone).toBe(true);
  });
});

describe("a person's retry", () => {
  it.each(["FAILED", "CANCELLED"] as const)(
    "gives a %s job another attempt and keeps what was tried",
    (state) => {
      const attempts = [{ runId: RUN_ID, outcome: "application" as const }];
      const again = must(
        retryByPerson(aJob({ state, attempts, failure, endedAt: NOW.toISOString() }), later(5)),
      );

      expect(again).toMatchObject({ state: "RUNNABLE", attempts, notBefore: later(5).toISOString() });
      expect(again.failure).toBeUndefined();
    },
  );

  it.each(["SUCCEEDED", "RUNNABLE", "STARTING", "RUNNING"] as const)("is not for a %s job", (state) => {
    expect(retryByPerson(aJob({ state }), NOW)).toBeUndefined();
  });
});
