import type { Verdict } from "#core/classification/failure.ts";
import { fitsBeside } from "#core/planning/room.ts";
import type { PipelineState } from "#core/ports/pipeline-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { isWithoutTask } from "#core/runs/transitions.ts";
import type { DispatchPorts } from "./ports.ts";

/** What a run is given up for that may not be launched any more. */
export const HELD_BACK: Verdict = {
  class: "cancelled",
  retry: "yes",
  reason: "The pipeline was paused, or a limit lowered, before the run could be launched.",
  advice: "Nothing; the jobs are planned anew when they may run.",
};

/**
 * The flights that certainly have no task yet and may not get one any more, because since they were planned somebody has paused their
 * pipeline or lowered a limit. The older ones keep their place.
 * @returns run ids
 */
export async function heldBack(
  flights: readonly Flight[],
  ports: DispatchPorts,
): Promise<ReadonlySet<string>> {
  const unlaunched = flights.filter(({ launched }) => !launched);
  const names = [...new Set(unlaunched.map(({ pipeline }) => pipeline))];
  const states = await ports.pipelineStore.readPipelines(names);
  const launched = flights.filter((flight) => flight.launched);
  const whatStays = (standing: readonly Flight[], waiting: readonly Flight[]) =>
    kept(standing, waiting, states, ports);
  // Mostly all may go, and nobody has to be read for that.
  if (whatStays(launched, unlaunched).length === flights.length) return new Set();
  const runs = await Promise.all(unlaunched.map(({ runId }) => ports.runs.readRun(runId)));
  const sure = unlaunched.filter((_, index) => isCertain(runs[index]));
  const unsure = unlaunched.filter((flight) => !sure.includes(flight));
  const stay = whatStays([...launched, ...unsure], sure);
  return new Set(sure.filter((flight) => !stay.includes(flight)).map(({ runId }) => runId));
}

function isCertain(run: Run | undefined): boolean {
  return run !== undefined && isWithoutTask(run);
}

/** @returns those that stand, and of those that wait the ones that fit beside them, oldest first */
function kept(
  standing: readonly Flight[],
  waiting: readonly Flight[],
  states: ReadonlyMap<string, PipelineState>,
  { pipelines, limits }: DispatchPorts,
): readonly Flight[] {
  const stay = [...standing];
  for (const flight of waiting.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1))) {
    const isPaused = states.get(flight.pipeline)?.paused === true;
    if (!isPaused && fitsBeside(flight, stay, pipelines[flight.pipeline], limits)) stay.push(flight);
  }
  return stay;
}
