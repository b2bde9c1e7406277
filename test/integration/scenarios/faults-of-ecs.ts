import { describe, expect, test } from "@jest/globals";
import type { Job } from "#core/jobs/job.ts";
import { isHeld, spotScope } from "#core/planning/launch-holds.ts";
import type { Run } from "#core/runs/run.ts";
import type { DeployedService } from "../support/deployed-service.ts";
import { eventually } from "../support/eventually.ts";
import { endOf, ended, jobThat, resultKeys, runsOf } from "../support/jobs.ts";
import { slowPicture } from "../support/slow-pictures.ts";
import { sample, upload } from "../support/uploads.ts";

/** Up to three minutes of back-off, and the start of a task. */
const AFTER_BACKOFF_MS = 240_000;

/** @returns what has to be seen later: jobs that wait for their next attempt do so for up to some minutes */
export function faultsOfEcs(service: DeployedService): { afterwards(): void } {
  const waiting = new Map<string, string>();
  const interrupted: { taskArn?: string; jobIds: string[] } = { jobIds: [] };

  describe("when ECS does not do as it is asked", () => {
    test("and throttles RunTask, the same run is launched again and has one task", async () => {
      await service.cloud.control("tasks", "faults", { throttle: { count: 2, operations: ["RunTask"] } });
      const { jobId } = await upload(service, "images/faults/throttled.jpg", sample("orientation-2.jpg"));

      const job = await endOf(service, jobId);
      await service.witness.taskEvents(job.attempts[0]?.taskArn ?? "");

      const runs = await runsOf(service, jobId);
      expect(job).toMatchObject({ state: "SUCCEEDED", attempts: [{ outcome: "succeeded" }] });
      expect(runs).toMatchObject([{ launches: 3 }]);
      expect(await tasksOf(service, runs[0])).toEqual([job.attempts[0]?.taskArn]);
    });

    test(
      "and finds no Spot capacity, the job waits, and what comes after it goes on demand",
      async () => {
        await service.cloud.control("tasks", "faults", { noCapacity: { capacityProvider: "FARGATE_SPOT" } });
        const what = "finds no Spot capacity";
        const { jobId } = await upload(service, `images/faults/${what}.jpg`, sample("orientation-2.jpg"));
        waiting.set(what, jobId);
        const job = await jobThat(service, jobId, "has an attempt behind it", hasAnAttemptBehindIt);

        const next = await upload(service, "images/faults/on demand.jpg", sample("orientation-2.jpg"));
        const { attempts } = await endOf(service, next.jobId, { deadlineMs: AFTER_BACKOFF_MS });
        const runs = await runsOf(service, next.jobId);
        await service.cloud.control("tasks", "faults", { noCapacity: null });

        expect(job).toMatchObject({
          state: "RUNNABLE",
          notBefore: expect.any(String),
          attempts: [{ outcome: "capacity" }],
        });
        expect(attempts.at(-1)).toMatchObject({ outcome: "succeeded" });
        expect(runs.find(({ runId }) => runId === attempts.at(-1)?.runId)).toMatchObject({ spot: false });
      },
      AFTER_BACKOFF_MS + 60_000,
    );

    test.each([
      ["answers RunTask with failures", { failures: { count: 1 } }, "capacity"],
      ["finds no free address for the task", { noAddress: { count: 1 } }, "released"],
    ])("and %s, the job waits", async (what, faults, outcome) => {
      await service.cloud.control("tasks", "faults", faults);
      const { jobId } = await upload(service, `images/faults/${what}.jpg`, sample("orientation-2.jpg"));
      waiting.set(what, jobId);

      const job = await jobThat(service, jobId, "has an attempt behind it", hasAnAttemptBehindIt);

      expect(job).toMatchObject({
        state: "RUNNABLE",
        notBefore: expect.any(String),
        attempts: [{ outcome }],
      });
    });

    test("and interrupts a Spot task, it ends the job at hand and leaves the others", async () => {
      await spotIsTriedAgain(service);
      const picture = await slowPicture();
      const uploads = await Promise.all(
        [1, 2, 3].map((number) => upload(service, `images/faults/spot-${number}.png`, picture)),
      );
      interrupted.jobIds = uploads.map(({ jobId }) => jobId);
      const running = await Promise.any(
        interrupted.jobIds.map((jobId) =>
          jobThat(service, jobId, "runs", ({ state }) => state === "RUNNING"),
        ),
      );
      interrupted.taskArn = running.attempts[0]?.taskArn ?? "";

      const answer = await service.cloud.control("tasks", "interrupt-spot", { taskArn: interrupted.taskArn });

      expect(answer).toEqual({ interrupted: [interrupted.taskArn] });
      const stopped = (await service.witness.taskEvents(interrupted.taskArn)).at(-1);
      expect(stopped?.detail).toMatchObject({ stopCode: "SpotInterruption" });
    });

    test("and a task is killed, its job loses an attempt and no more", async () => {
      const { jobId } = await upload(service, "images/faults/killed.png", await slowPicture());
      waiting.set("kills the task", jobId);
      const running = await jobThat(service, jobId, "runs", ({ state }) => state === "RUNNING");
      await service.cloud.control("tasks", "kill", { taskArn: running.attempts[0]?.taskArn });

      const job = await jobThat(service, jobId, "has an attempt behind it", hasAnAttemptBehindIt);

      expect(job).toMatchObject({ state: "RUNNABLE", attempts: [{ outcome: "application" }] });
    });
  });

  const afterwards = (): void => {
    describe("when ECS did not do as it was asked", () => {
      test.each([
        ["answers RunTask with failures"],
        ["finds no Spot capacity"],
        ["finds no free address for the task"],
        ["kills the task"],
      ])(
        "and %s, the job succeeds in the end, and no run had a second task",
        async (what) => {
          const jobId = waiting.get(what) ?? "";

          const job = await endOf(service, jobId, { deadlineMs: AFTER_BACKOFF_MS });
          await service.witness.taskEvents(job.attempts.at(-1)?.taskArn ?? "");

          expect(job.state).toBe("SUCCEEDED");
          const runs = await runsOf(service, jobId);
          expect(runs).toHaveLength(job.attempts.length);
          const tasks = await Promise.all(runs.map((run) => tasksOf(service, run)));
          expect(tasks.filter(({ length }) => length > 1)).toEqual([]);
          expect(tasks.flat()).toContain(job.attempts.at(-1)?.taskArn);
        },
        AFTER_BACKOFF_MS + 10_000,
      );

      test(
        "and interrupted a Spot task, another one did the rest",
        async () => {
          const jobs = await ended(service, interrupted.jobIds, { deadlineMs: AFTER_BACKOFF_MS });

          expect(jobs.map(({ state }) => state)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]);
          const again = jobs.filter(({ attempts }) => attempts.length > 1);
          expect(again.length).toBeGreaterThan(0);
          for (const { jobId, attempts } of again) {
            expect(["spot-interruption", "released"]).toContain(attempts[0]?.outcome);
            expect(attempts.filter(({ outcome }) => outcome === "succeeded")).toEqual([attempts.at(-1)]);
            expect(attempts.slice(1).map(({ taskArn }) => taskArn)).not.toContain(interrupted.taskArn);
            const keys = await resultKeys(service, `jobs/${jobId}/`);
            expect(keys).toHaveLength(3);
            for (const key of keys) expect(key).toMatch(new RegExp(`^jobs/${jobId}/${attempts.length}/`));
          }
        },
        AFTER_BACKOFF_MS + 10_000,
      );
    });
  };
  return { afterwards };
}

const hasAnAttemptBehindIt = ({ attempts }: Job): boolean =>
  attempts.some(({ outcome }) => outcome !== undefined);

/** Waits until the images go to Spot again, which they do not for a while after Spot had no room. */
async function spotIsTriedAgain(service: DeployedService): Promise<void> {
  await eventually(
    "Spot is tried again",
    () => service.operator.pipelineStore.readHolds(),
    (holds) => !isHeld(holds, spotScope("images"), new Date()),
    { deadlineMs: AFTER_BACKOFF_MS },
  );
}

/** The ARNs of all tasks that ECS ever told of for a run. */
async function tasksOf(service: DeployedService, run: Run | undefined): Promise<string[]> {
  const events = await service.witness.soFar(
    ({ source, detail }) => source === "aws.ecs" && detail["startedBy"] === run?.request.startedBy,
  );
  return [...new Set(events.map(({ detail }) => String(detail["taskArn"])))];
}
