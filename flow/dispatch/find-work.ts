import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { guardedPause, runsAllowed } from "#core/planning/guard.ts";
import type { PipelineWork } from "#core/planning/plan-runs.ts";
import { tasksLeft } from "#core/planning/room.ts";
import type { PipelineState } from "#core/ports/pipeline-store.ts";
import type { Flight } from "#core/runs/run.ts";
import type { NextLook } from "./launch-run.ts";
import { dueByOf, withoutOverlap } from "./overlap.ts";
import { afterError, type DispatchPorts } from "./ports.ts";

/** Jobs looked at in one slice, a pipeline; what is left is the next slice's. */
const DUE_LIMIT = 500;
/** The index may still show some that have been launched. */
const DUE_SPARE = 25;

/** What one slice found to do. */
export interface FoundWork {
  readonly work: readonly PipelineWork[];
  /** Pipelines with more due than can be launched now: the end of a run wakes dispatch for what is left. */
  readonly crowded: ReadonlySet<string>;
  /** When those that have nothing to do now have something again, and what others wait for is tried again. */
  readonly looks: readonly NextLook[];
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
  const found: Finding = { flights, begun, work: [], crowded: new Set(), looks: [] };
  const pipelines = Object.values(ports.pipelines);
  await trying("The pipelines could not be looked at", found, ports, async () => {
    const states = await ports.pipelineStore.readPipelines(pipelines.map(({ name }) => name));
    const open: Open[] = [];
    for (const pipeline of pipelines) {
      const { name } = pipeline;
      const state = states.get(name);
      await trying(`Pipeline ${name} could not be paused`, found, ports, async () => {
        if (await staysPaused(pipeline, state, ports)) return;
        const limit = dueLimit(pipeline, flights, ports);
        if (limit === 0) found.crowded.add(name);
        else open.push({ pipeline, state, limit });
      });
    }
    for (const each of await withoutIdle(open, found, ports)) {
      await trying(`Pipeline ${each.pipeline.name} could not be looked at`, found, ports, () =>
        lookAt(each, found, ports),
      );
    }
  });
  return found;
}

interface Finding {
  readonly flights: readonly Flight[];
  readonly begun: ReadonlySet<string>;
  readonly work: PipelineWork[];
  readonly crowded: Set<string>;
  readonly looks: NextLook[];
}

/** A pipeline that may launch so many of its jobs. */
interface Open {
  readonly pipeline: Pipeline;
  readonly state: PipelineState | undefined;
  readonly limit: number;
}

/**
 * Where nothing runs there is mostly nothing due, and the first jobs of all these pipelines tell that in less time and for less than a
 * list of each. Where they cannot be read each is listed, so that one's trouble is not the others'.
 */
async function withoutIdle(open: readonly Open[], found: Finding, ports: DispatchPorts): Promise<Open[]> {
  const busy = new Set(found.flights.map(({ pipeline }) => pipeline));
  const quiet = open.map(({ pipeline }) => pipeline.name).filter((name) => !busy.has(name));
  if (quiet.length === 0) return [...open];
  let firstDue: ReadonlyMap<string, string>;
  try {
    firstDue = await ports.jobs.nextDue(quiet);
  } catch (error) {
    ports.log.warn("It is not known which pipelines have work, so all are looked at", {
      error: String(error),
    });
    return [...open];
  }
  const now = ports.clock.now();
  return open.filter(({ pipeline }) => {
    if (busy.has(pipeline.name)) return true;
    const first = firstDue.get(pipeline.name);
    if (first === undefined) return false;
    if (first <= dueByOf(pipeline, now)) return true;
    found.looks.push(new Date(first));
    return false;
  });
}

/** One's trouble is not the others', and is looked at again. */
async function trying(
  what: string,
  { looks }: Finding,
  ports: DispatchPorts,
  look: () => Promise<void>,
): Promise<void> {
  try {
    await look();
  } catch (error) {
    ports.log.error(what, { error: String(error) });
    looks.push(afterError(ports));
  }
}

/** Who is paused already, and who is paused here because its guard says that it is enough. */
async function staysPaused(
  pipeline: Pipeline,
  state: PipelineState | undefined,
  ports: DispatchPorts,
): Promise<boolean> {
  if (state?.paused === true) return true;
  const pause = guardedPause(pipeline, state?.tally, ports.clock.now());
  if (pause === undefined) return false;
  // Told first: a crash in between tells it again, and never leaves a pipeline that stands still in silence.
  await ports.announcements.publish([{ type: "Pipeline Paused", pause }]);
  await ports.pipelineStore.setPaused(pipeline.name, true);
  return true;
}

async function lookAt({ pipeline, state, limit }: Open, found: Finding, ports: DispatchPorts): Promise<void> {
  const { name } = pipeline;
  const { flights, begun } = found;
  const dueBy = dueByOf(pipeline, ports.clock.now());
  const listed = await ports.jobs.listDue({ pipeline: name, dueBy, limit: limit + begun.size });
  const unseen = listed.filter(({ jobId }) => !begun.has(jobId));
  if (unseen.length >= limit) found.crowded.add(name);
  const { due, lookAgainAt } = await withoutOverlap(pipeline, unseen, flights, ports);
  found.looks.push(lookAgainAt);
  const experience = due.length === 0 ? undefined : await ports.pipelineStore.readExperience(name);
  found.work.push({
    pipeline,
    due,
    runsLeft: runsAllowed(pipeline, state?.tally, unlaunched(pipeline, flights), ports.clock.now()),
    ...(experience === undefined ? {} : { experience }),
    ...(state?.lastLaunchAt === undefined ? {} : { lastLaunchAt: state.lastLaunchAt }),
  });
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
