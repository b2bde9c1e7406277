import type { Verdict } from "#core/classification/failure.ts";
import type { Flight } from "#core/runs/run.ts";
import type { DispatchPorts } from "./ports.ts";

/** What a run is given up for that may not be launched any more. */
export const HELD_BACK: Verdict = {
  class: "cancelled",
  retry: "yes",
  reason: "The pipeline was paused, or a limit lowered, before the run could be launched.",
  advice: "Nothing; the jobs are planned anew when they may run.",
};

/**
 * The flights that have no task yet and may not get one any more, because since they were planned somebody has paused their pipeline or
 * lowered a limit. The older ones keep their place.
 * @returns run ids
 */
export async function heldBack(
  flights: readonly Flight[],
  { pipelines, pipelineStore, limits }: DispatchPorts,
): Promise<ReadonlySet<string>> {
  const unlaunched = flights.filter(({ launched }) => !launched);
  const names = [...new Set(unlaunched.map(({ pipeline }) => pipeline))];
  const states = await pipelineStore.readPipelines(names);
  const kept = flights.filter(({ launched }) => launched);
  const held = new Set<string>();
  for (const flight of unlaunched.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1))) {
    const own = kept.filter(({ pipeline }) => pipeline === flight.pipeline).length;
    const vcpu = kept.reduce((sum, each) => sum + each.vcpu, flight.vcpu);
    const mayGo =
      states.get(flight.pipeline)?.paused !== true &&
      vcpu <= limits.maxVcpu &&
      kept.length < (limits.maxTasks ?? Number.POSITIVE_INFINITY) &&
      own < (pipelines[flight.pipeline]?.capacity.maxTasks ?? Number.POSITIVE_INFINITY);
    if (mayGo) kept.push(flight);
    else held.add(flight.runId);
  }
  return held;
}
