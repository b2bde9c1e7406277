import { describe, expect, test } from "@jest/globals";
import type { DeployedService } from "../support/deployed-service.ts";
import { eventually } from "../support/eventually.ts";
import { allRuns } from "../support/jobs.ts";
import { depth } from "../support/queues.ts";

export function afterAllOfIt(service: DeployedService): void {
  describe("after all of it", () => {
    test("no call of a function or task was refused: least privilege is enough", async () => {
      expect(await service.refused()).toEqual([]);
    });

    test("nothing is in flight any more, and every run is told", async () => {
      await eventually(
        "no run is in flight",
        () => service.operator.runs.listFlights(),
        (flights) => flights.length === 0,
      );

      const runs = await allRuns(service);
      expect(runs.length).toBeGreaterThan(0);
      expect(runs.filter(({ state }) => !["STOPPED", "GIVEN_UP"].includes(state))).toEqual([]);
      expect(runs.filter(({ toldAt }) => toldAt === undefined)).toEqual([]);
    });

    test("no message was given up but those that nobody could read", async () => {
      const { IntakeDeadLetterQueueUrl, TaskEventsDeadLetterQueueUrl, NoticesDeadLetterQueueUrl } =
        service.outputs;

      expect(await depth(service, IntakeDeadLetterQueueUrl)).toBe(4);
      expect(await depth(service, TaskEventsDeadLetterQueueUrl)).toBe(1);
      expect(await depth(service, NoticesDeadLetterQueueUrl)).toBe(0);
    });
  });
}
