import { beforeEach, describe, expect, it } from "@jest/globals";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { launchedRun, launchingRun } from "#core/runs/transitions.ts";
import { aRun, must, TASK_ARN } from "../unit/support/builders.ts";

let runs = 0;

/** What every RunStore does; `make` may give the same store again: each test has runs of its own. */
export function runStoreContract(make: () => RunStore): void {
  let store: RunStore;
  beforeEach(() => {
    store = make();
  });

  const now = new Date();
  const newRun = (): Run => aRun({ runId: `run-${(runs += 1)}`, createdAt: now.toISOString() });
  const flightOf = ({ runId }: Run): Flight => ({
    runId,
    pipeline: "images",
    vcpu: 1,
    jobs: 1,
    createdAt: now.toISOString(),
    launched: false,
  });
  const flight = async ({ runId }: Run) => (await store.listFlights()).find((known) => known.runId === runId);

  describe("runs", () => {
    it("are read back as they were written, their request to the byte", async () => {
      const run = newRun();

      expect(await store.createRun(run)).toEqual({ saved: true });

      expect(await store.readRun(run.runId)).toEqual(run);
      expect(await store.readRun("nobody")).toBeUndefined();
    });

    it("are created once", async () => {
      const run = newRun();
      await store.createRun(run);

      expect(await store.createRun({ ...run, pipeline: "other" })).toEqual({ saved: false, current: run });
    });

    it("are replaced on condition of the revision before", async () => {
      const run = newRun();
      await store.createRun(run);
      const launching = must(launchingRun(run, now));
      expect(await store.saveRun(launching)).toEqual({ saved: true });

      const late = must(launchedRun(run, { taskArn: TASK_ARN, lastStatus: "PENDING" }));
      expect(await store.saveRun(late)).toEqual({ saved: false, current: launching });
    });

    it("are saved nowhere where there is none", async () => {
      expect(await store.saveRun(must(launchingRun(newRun(), now)))).toEqual({
        saved: false,
        current: undefined,
      });
    });
  });

  describe("flights", () => {
    it("are all listed", async () => {
      const many = Array.from({ length: 40 }, newRun);
      await Promise.all(many.map((run) => store.addFlight(flightOf(run))));

      const listed = (await store.listFlights()).map(({ runId }) => runId);
      expect(listed).toEqual(expect.arrayContaining(many.map(({ runId }) => runId)));
      expect(await flight(must(many[0]))).toEqual(flightOf(must(many[0])));
    });

    it("bear being added and removed twice", async () => {
      const run = newRun();
      await store.addFlight(flightOf(run));
      await store.addFlight(flightOf(run));
      expect((await store.listFlights()).filter(({ runId }) => runId === run.runId)).toHaveLength(1);

      await store.removeFlight(run.runId);
      await store.removeFlight(run.runId);
      expect(await flight(run)).toBeUndefined();
    });

    it("are marked as launched, but one that was removed does not come back by it", async () => {
      const run = newRun();
      await store.addFlight(flightOf(run));

      await store.markLaunched(run.runId);
      expect(await flight(run)).toEqual({ ...flightOf(run), launched: true });

      await store.removeFlight(run.runId);
      const count = (await store.listFlights()).length;
      await store.markLaunched(run.runId);
      expect(await store.listFlights()).toHaveLength(count);
    });
  });
}
