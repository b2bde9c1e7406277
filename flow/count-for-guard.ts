import { dayOf } from "#core/planning/guard.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { DayTally, PipelineStore } from "#core/ports/pipeline-store.ts";
import type { Run } from "#core/runs/run.ts";

interface CountPorts {
  readonly pipelineStore: Pick<PipelineStore, "addToTally">;
  readonly pipelines: Pipelines;
  readonly clock: Clock;
}

/** Adds to what its pipeline's guard looks at. */
export async function countForGuard(
  run: Run,
  more: Pick<DayTally, "runs" | "usd">,
  { pipelineStore, pipelines, clock }: CountPorts,
): Promise<void> {
  if (pipelines[run.pipeline]?.guard === undefined) return;
  await pipelineStore.addToTally(run.pipeline, { day: dayOf(clock.now()), ...more });
}
