import { describe, expect, test } from "@jest/globals";
import type { DeployedService } from "../support/deployed-service.ts";
import { endOf, resultKeys, runsOf } from "../support/jobs.ts";
import { drained, send } from "../support/queues.ts";
import { sample, upload } from "../support/uploads.ts";

const five = <T>(item: T): T[] => Array.from({ length: 5 }, () => item);

export function duplicates(service: DeployedService): void {
  describe("an event that comes more than once", () => {
    const key = "images/duplicates/bay.jpg";

    test("five times the same upload, and its task's states in any order after its end, make one job, one run, one result", async () => {
      const { IntakeQueueUrl, TaskEventsQueueUrl } = service.outputs;
      const { jobId } = await upload(service, key, sample("bay.jpg"));
      const [event] = await service.witness.uploadEvents(key);
      await send(service, IntakeQueueUrl, five(JSON.stringify(event)));

      const job = await endOf(service, jobId);
      const taskEvents = await service.witness.taskEvents(job.attempts[0]?.taskArn ?? "");
      await service.witness.jobEvents(jobId);
      await drained(service, TaskEventsQueueUrl);
      const runs = await runsOf(service, jobId);
      await send(service, IntakeQueueUrl, five(JSON.stringify(event)));
      await drained(service, IntakeQueueUrl);
      for (const order of [taskEvents.toReversed(), shuffled(taskEvents), [...taskEvents, ...taskEvents]]) {
        await send(
          service,
          TaskEventsQueueUrl,
          order.map((replayed) => JSON.stringify(replayed)),
        );
        await drained(service, TaskEventsQueueUrl);
      }

      expect(job).toMatchObject({ state: "SUCCEEDED", attempts: [{ outcome: "succeeded" }] });
      expect(runs).toHaveLength(1);
      expect(runs[0]).toMatchObject({
        state: "STOPPED",
        launches: 1,
        told: expect.arrayContaining([jobId]),
        toldAt: expect.any(String),
      });
      // Nothing of it was so much as written again.
      expect(await service.operator.jobs.readJob(jobId)).toEqual(job);
      expect(await runsOf(service, jobId)).toEqual(runs);
      expect(await resultKeys(service, `jobs/${jobId}/`)).toHaveLength(
        (job.result as { derived: unknown[] }).derived.length,
      );
      expect(await service.operator.runs.listFlights()).not.toContainEqual(
        expect.objectContaining({ runId: runs[0]?.runId }),
      );
    });
  });
}

/** Every second one first: an order that is neither the true one nor its reverse. */
function shuffled<T>(items: readonly T[]): T[] {
  return [...items.filter((_, index) => index % 2 === 1), ...items.filter((_, index) => index % 2 === 0)];
}
