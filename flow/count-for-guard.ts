import { dayOf } from "#core/planning/guard.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Log } from "#core/ports/log.ts";
import type { DayTally, PipelineStore } from "#core/ports/pipeline-store.ts";
import type { Run } from "#core/runs/run.ts";

interface CountPorts {
  readonly pipelineStore: Pick<PipelineStore, "addToTally">;
  readonly pipelines: Pipelines;
  readonly clock: Clock;
  readonly log: Log;
}

/** Adds to what its pipeline's guard looks at. Nothing else waits for the count: what is not in it makes the guard a little late. */
export async function countForGuard(
  run: Run,
  more: Pick<DayTally, "runs" | "usd">,
  { pipelineStore, pipelines, clock, log }: CountPorts,
): Promise<void> {
  if (pipelines[run.pipeline]?.guard === undefined) return;
  try {
    await pipelineStore.addToTally(run.pipeline, { day: dayOf(clock.now()), ...more });
  } catch (error) {
    log.warn("A run was not counted for its pipeline's guard", { runId: run.runId, error: String(error) });
  }
}
