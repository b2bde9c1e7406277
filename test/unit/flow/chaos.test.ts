import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { isTerminal } from "#core/jobs/job.ts";
import type { LaunchResult } from "#core/ports/task-launcher.ts";
import type { Outcome } from "#flow/work-run.ts";
import { aPipeline, must } from "../support/builders.ts";
import { exited, Stage, uploadEvent } from "../support/stage.ts";
import { idOf } from "./support/two-uploads.ts";

const KEYS = ["images/a.jpg", "images/b.jpg", "images/c.jpg", "images/d.jpg"];

const ANSWERS: readonly LaunchResult[] = [
  { type: "unknown", errorName: "TimeoutError", message: "timed out" },
  { type: "refused", errorName: "ThrottlingException", message: "Rate exceeded" },
  { type: "failed", failures: [{ reason: "RESOURCE:ENI" }] },
  { type: "refused", errorName: "ServerException", message: "internal" },
];

type Step = (stage: Stage, number: number) => Promise<unknown>;

const taskOf = (stage: Stage, number: number) =>
  stage.launcher.tasks[number % Math.max(1, stage.launcher.tasks.length)];

/** Everything that may happen, in any order; what a queue delivers comes again if it failed, sooner or later. */
const STEPS: Readonly<Record<string, Step>> = {
  upload: (stage, number) => stage.intake(uploadEvent(must(KEYS[number % KEYS.length]))),
  dispatch: (stage) => stage.dispatch(),
  sweep: (stage) => stage.sweep(),
  "wait a little": async (stage, number) => stage.advance(number),
  "wait long": async (stage, number) => stage.advance(number * 60),
  "a launch goes wrong": async (stage, number) =>
    stage.launcher.answers.push(must(ANSWERS[number % ANSWERS.length])),
  "a launch works unseen": async (stage, number) => {
    const request = stage.launcher.launches[number % Math.max(1, stage.launcher.launches.length)];
    if (request !== undefined && stage.launcher.tasks.length < 40) stage.launcher.start(request);
  },
  "a task works": async (stage, number) => {
    const task = taskOf(stage, number);
    if (task !== undefined && task.lastStatus !== "STOPPED")
      await stage.work(task.taskArn, outcomeOf(number));
  },
  "a task stops": async (stage, number) => {
    const task = taskOf(stage, number);
    if (task !== undefined && task.lastStatus !== "STOPPED")
      stage.change(task.taskArn, exited([0, 75, 137, 1][number % 4] ?? 0, stage.clock.now()));
  },
  "an event comes": async (stage, number) => {
    const body = stage.taskEvents[number % Math.max(1, stage.taskEvents.length)];
    if (body !== undefined) await stage.track(body);
  },
  "an event is lost": async (stage, number) => void stage.taskEvents.splice(number % 7, 1),
};

function outcomeOf(number: number): (jobId: string) => Outcome {
  const outcomes: readonly Outcome[] = [
    { type: "succeeded", result: number },
    { type: "failed", report: { reason: "no image", tryAgain: false } },
    { type: "failed", report: { reason: "busy", tryAgain: true } },
    { type: "interrupted" },
  ];
  return () => must(outcomes[number % outcomes.length]);
}

const steps = fc.array(
  fc.record({
    step: fc.constantFrom(...Object.keys(STEPS)),
    number: fc.nat(30),
    fault: fc.option(
      fc.record({
        call: fc.integer({ min: 1, max: 14 }),
        effect: fc.constantFrom("none" as const, "done" as const),
        kind: fc.constantFrom("crash" as const, "error" as const),
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 60 },
);

it("whatever goes wrong in any order, each upload ends once, with one effect an attempt, and nothing stays in flight", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (story) => {
      const retry = { attempts: 10, backoffSeconds: 1, maxBackoffSeconds: 60 };
      const stage = new Stage({ pipelines: { images: aPipeline("images", { retry }) } });
      for (const { step, number, fault } of story) {
        stage.faults.arm(fault);
        await must(STEPS[step])(stage, number).catch(() => undefined);
        stage.faults.arm(undefined);
      }
      for (const key of KEYS) await stage.intake(uploadEvent(key));
      stage.launcher.answers.length = 0;
      // Tasks that were begun end; those that were taken for lost run into their time limit.
      for (const { taskArn, lastStatus } of stage.launcher.tasks) {
        if (lastStatus !== "STOPPED") stage.change(taskArn, exited(75, stage.clock.now()));
      }
      await stage.settle();

      for (const key of KEYS) {
        const job = must(await stage.jobs.readJob(idOf(key)));
        expect(isTerminal(job)).toBe(true);
        expect(job.attempts.every(({ outcome }) => outcome !== undefined)).toBe(true);
        const runs = job.attempts.map(({ runId }) => runId);
        expect(new Set(runs).size).toBe(runs.length);
        const type = job.state === "SUCCEEDED" ? "Job Succeeded" : "Job Failed";
        const told = stage.messages.announcements.filter(
          (one) => "job" in one && one.job.jobId === job.jobId,
        );
        expect(new Set(told.map((one) => one.type))).toEqual(new Set([type]));
      }
      expect(new Set(stage.performed).size).toBe(stage.performed.length);
      const tokens = new Map<string, string>();
      for (const request of stage.launcher.launches) {
        const bytes = JSON.stringify(request);
        expect(tokens.get(request.clientToken) ?? bytes).toBe(bytes);
        tokens.set(request.clientToken, bytes);
      }
      expect(await stage.runs.listFlights()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
