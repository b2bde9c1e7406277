import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Run } from "#core/runs/run.ts";
import { runIdOf, startedByOf } from "#core/runs/run.ts";
import {
  finishedRun,
  givenUpRun,
  isOver,
  launchedRun,
  launchingRun,
  observedRun,
  postponedRun,
  stoppedRun,
  stopRequestedRun,
  takeRun,
  toldRun,
} from "#core/runs/transitions.ts";
import { aRun, aVerdict, later, must, NOW } from "../support/builders.ts";

const TASKS = ["task-a", "task-b"] as const;
type Move = (run: Run, task: string, at: Date, version: number) => Run | undefined;

const MOVES: Readonly<Record<string, Move>> = {
  launching: (run, _task, at) => launchingRun(run, at),
  launched: (run, taskArn) => launchedRun(run, { taskArn, lastStatus: "PROVISIONING" }),
  postponed: (run, _task, at) => postponedRun(run, at, { error: "Rate exceeded", isRefusal: true }),
  "given up": (run, _task, at) => givenUpRun(run, aVerdict(), at),
  taken: takeRun,
  observed: (run, taskArn, _at, version) => observedRun(run, { taskArn, lastStatus: "RUNNING", version }),
  stopped: (run, taskArn, at, version) => stoppedRun(run, { taskArn, version, verdict: aVerdict(), at }),
  "stop requested": (run) => stopRequestedRun(run, "timeout"),
  told: (run, _task, _at, version) => toldRun(run, [`job-${version % 3}`]),
  finished: (run, _task, at) => finishedRun(run, at),
};

const steps = fc.array(
  fc.record({
    move: fc.constantFrom(...Object.keys(MOVES)),
    task: fc.constantFrom(...TASKS),
    version: fc.nat(6),
  }),
  { maxLength: 30 },
);

type Steps = readonly { move: string; task: string; version: number }[];

function play(moves: Steps, moved: (before: Run, after: Run, step: Steps[number]) => void): Run {
  let run = aRun();
  for (const [index, step] of moves.entries()) {
    const after = must(MOVES[step.move])(run, step.task, later(index), step.version);
    if (after === undefined) continue;
    moved(run, after, step);
    run = after;
  }
  return run;
}

const ORDER = ["PLANNED", "LAUNCHED", "TAKEN", "STOPPED", "GIVEN_UP"];

describe("a run, whatever is tried with it", () => {
  it("only moves forward, and never again once it is over", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (before, after) => {
          expect(ORDER.indexOf(after.state)).toBeGreaterThanOrEqual(ORDER.indexOf(before.state));
          expect(!isOver(before) || after.state === before.state).toBe(true);
        });
      }),
    );
  });

  it("is taken by one task at most, and is told of by no other afterwards", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        play(moves, (before, after, { task }) => {
          if (before.takenBy === undefined) return;
          expect(after.takenBy).toBe(before.takenBy);
          expect(after.taskArn).toBe(before.takenBy);
          expect(after.state === before.state || task === before.takenBy).toBe(true);
        });
      }),
    );
  });

  it("never changes the bytes of its request, and raises its revision by one", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const run = play(moves, (before, after) => expect(after.revision).toBe(before.revision + 1));
        expect(JSON.stringify(run.request)).toBe(JSON.stringify(aRun().request));
      }),
    );
  });

  it("knows only versions that rise", () => {
    fc.assert(
      fc.property(steps, (moves) => {
        const versions: number[] = [];
        play(moves, (_before, after, { move }) => {
          if (move === "observed") versions.push(after.taskVersion ?? 0);
        });
        expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      }),
    );
  });
});

describe("the ten minutes", () => {
  it("count from the first call", () => {
    const first = must(launchingRun(aRun(), NOW));
    const second = must(launchingRun(first, later(60)));

    expect(second).toMatchObject({
      firstLaunchAt: NOW.toISOString(),
      lastLaunchAt: later(60).toISOString(),
      launches: 2,
    });
  });
});

describe("a second task of a run", () => {
  it("becomes the run's task where it comes first, and dispatch's own word does not change it", () => {
    const launched = must(launchedRun(aRun(), { taskArn: "task-a", lastStatus: "PROVISIONING" }));

    const taken = must(takeRun(launched, "task-b", NOW));

    expect(taken.taskArn).toBe("task-b");
    expect(launchedRun(taken, { taskArn: "task-a", lastStatus: "PENDING" })?.taskArn ?? "task-b").toBe(
      "task-b",
    );
    expect(stoppedRun(taken, { taskArn: "task-a", verdict: aVerdict(), at: NOW })).toBeUndefined();
  });
});

describe("startedBy", () => {
  it("carries the run id there and back, within what ECS takes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,64}$/), (runId) => {
        const startedBy = startedByOf(runId);
        expect(startedBy).toMatch(/^[A-Za-z0-9\-/_]{1,128}$/);
        expect(runIdOf(startedBy)).toBe(runId);
      }),
    );
  });

  it.each([undefined, "", "ecs-svc/123", "someone"])(
    "of somebody else's task names no run: %s",
    (startedBy) => {
      expect(runIdOf(startedBy)).toBeUndefined();
    },
  );
});
