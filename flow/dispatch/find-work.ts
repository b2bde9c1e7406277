import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { guardedPause, runsAllowed } from "#core/planning/guard.ts";
import type { PipelineWork } from "#core/planning/plan-runs.ts";
import { tasksLeft } from "#core/planning/room.ts";
import type { Flight } from "#core/runs/run.ts";
import { dueByOf, withoutOverlap } from "./overlap.ts";
import { refuseJobs } from "./refuse-jobs.ts";
import type { DispatchPorts } from "./ports.ts";

/** Jobs looked at in one slice, a pipeline; what is left is the next slice's. */
const DUE_LIMIT = 500;
/** The index may still show some that have been launched. */
const DUE_SPARE = 25;

/** What one slice found to do. */
export interface FoundWork {
  readonly work: readonly PipelineWork[];
  /** Pipelines with more due than can be launched now: the end of a run wakes dispatch for what is left. */
  readonly crowded: ReadonlySet<string>;
  /** When something that others wait for is tried again. */
  readonly looks: readonly Date[];
}

/**
 * What the pipelines have to do now. A pipeline whose jobs cannot be read is left out and told; the others go on.
 * @param begun jobs that this slice has seen to: the index may not have seen it
 */
export async function findWork(
  flights: readonly Flight[],
  begun: ReadonlySet<string>,
  ports: DispatchPorts,
): Promise<FoundWork> {
  const work: PipelineWork[] = [];
  const crowded = new Set<string>();
  const looks: Date[] = [];
  for (const pipeline of Object.values(ports.pipelines)) {
    try {
      const state = await ports.pipelineStore.readPipeline(pipeline.name);
      if (state?.paused === true) continue;
      const pause = guardedPause(pipeline, state?.tally, ports.clock.now());
      if (pause !== undefined) {
        // Told first: a crash in between tells it again, and never leaves a pipeline that stands still in silence.
        await ports.announcements.publish([{ type: "Pipeline Paused", pause }]);
        await ports.pipelineStore.setPaused(pipeline.name, true);
        continue;
      }
      const limit = dueLimit(pipeline, flights, ports);
      if (limit === 0) {
        crowded.add(pipeline.name);
        continue;
      }
      const dueBy = dueByOf(pipeline, ports.clock.now());
      const { name, priority } = pipeline;
      const listed = await ports.jobs.listDue({ pipeline: name, priority, dueBy, limit: limit + begun.size });
      const unseen = listed.filter(({ jobId }) => !begun.has(jobId));
      if (unseen.length >= limit) crowded.add(name);
      const standing = await refuseJobs(pipeline, unseen, ports);
      const { due, lookAgainAt } = await withoutOverlap(pipeline, standing, flights, ports);
      if (lookAgainAt !== undefined) looks.push(lookAgainAt);
      const experience =
        due.length === 0 ? undefined : await ports.pipelineStore.readExperience(pipeline.name);
      work.push({
        pipeline,
        due,
        runsLeft: runsAllowed(pipeline, state?.tally, unlaunched(pipeline, flights), ports.clock.now()),
        ...(experience === undefined ? {} : { experience }),
      });
    } catch (error) {
      ports.log.error("A pipeline could not be looked at", { pipeline: pipeline.name, error: String(error) });
    }
  }
  return { work, crowded, looks };
}

function unlaunched({ name }: Pipeline, flights: readonly Flight[]): number {
  return flights.filter(({ pipeline, launched }) => pipeline === name && !launched).length;
}

/**
 * No more than the free tasks can carry: to look at a long queue costs as much as to read it. Where nothing can be launched nothing is
 * looked at, unless ticks have to be dropped that come while an earlier one runs, or smaller runs might pass the oldest job for ever.
 */
function dueLimit(pipeline: Pipeline, flights: readonly Flight[], ports: DispatchPorts): number {
  if (pipeline.source.type === "schedule") return DUE_LIMIT;
  const free = tasksLeft(pipeline, flights, ports.limits);
  if (free >= 1) return Math.min(DUE_LIMIT, free * pipeline.pack.maxJobs + DUE_SPARE);
  return mayBePassed(pipeline, flights, ports) ? 1 : 0;
}

/** Whether smaller tasks of another pipeline could be launched now. */
function mayBePassed(
  pipeline: Pipeline,
  flights: readonly Flight[],
  { pipelines, limits }: DispatchPorts,
): boolean {
  return Object.values(pipelines).some(
    (other) => vcpuOf(other.size) < vcpuOf(pipeline.size) && tasksLeft(other, flights, limits) >= 1,
  );
}
