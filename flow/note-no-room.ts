import type { Verdict } from "#core/classification/failure.ts";
import { holdScopeOf, learnHold } from "#core/planning/launch-holds.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Log } from "#core/ports/log.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Run } from "#core/runs/run.ts";
import { moveOrMake } from "./save.ts";

interface HoldPorts {
  readonly runs: Pick<RunStore, "listFlights">;
  readonly pipelineStore: Pick<PipelineStore, "readHolds" | "saveHolds">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Remembers that a launch found no room, so that no more are tried than have room. One that is not remembered costs a vain launch. */
export async function noteNoRoom(run: Run, verdict: Verdict, ports: HoldPorts): Promise<void> {
  const scope = holdScopeOf(run, verdict);
  if (scope === undefined) return;
  const { runs, pipelineStore, clock, log } = ports;
  try {
    const standing = await pipelineStore.readHolds();
    const learnt = (flights: Parameters<typeof learnHold>[1]["flights"]) => (current: typeof standing) =>
      learnHold(current, { scope, run, flights }, clock.now());
    // Of a hundred that fail at once all but the first have nothing new to say, and need not count.
    if (learnt([])(standing) === undefined) return;
    const isNews = await moveOrMake(standing, learnt(await runs.listFlights()), (holds) =>
      pipelineStore.saveHolds(holds),
    );
    if (isNews) log.warn("Launches are held back", { scope, runId: run.runId, reason: verdict.reason });
  } catch (error) {
    log.warn("It was not noted that a launch found no room", { runId: run.runId, error: String(error) });
  }
}
