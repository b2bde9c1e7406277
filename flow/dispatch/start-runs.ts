import { cancelJob } from "#core/jobs/transitions.ts";
import type { Job } from "#core/jobs/job.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { kindOfJob } from "#core/jobs/kind-of-job.ts";
import { drawsSpot } from "#core/planning/capacity.ts";
import { needsOnDemand } from "#core/planning/due-job.ts";
import { guardedPause } from "#core/planning/guard.ts";
import { sizeToTry } from "#core/planning/experience.ts";
import { type PlannedRun, planRuns, type PipelineWork, tasksLeft, vcpuOf } from "#core/planning/plan-runs.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { moveJob } from "../save.ts";
import { type NextLook, launchRun } from "./launch-run.ts";
import { refuseJobs } from "./refuse-jobs.ts";
import { afterError, type DispatchPorts, SLICE_RESERVE_MS } from "./ports.ts";

/** Jobs looked at in one slice, a pipeline; what is left is the next slice's. */
const DUE_LIMIT = 500;
/** The index may still show some that have been launched. */
const DUE_SPARE = 25;

/** What one slice found to do. */
export interface FoundWork {
  readonly work: readonly PipelineWork[];
  /** Pipelines with more due than can be launched now: the end of a run wakes dispatch for what is left. */
  readonly crowded: ReadonlySet<string>;
}

/** What the pipelines have to do now. A pipeline whose jobs cannot be read is left out and told; the others go on. */
export async function findWork(flights: readonly Flight[], ports: DispatchPorts): Promise<FoundWork> {
  const work: PipelineWork[] = [];
  const crowded = new Set<string>();
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
      const dueBy = ports.clock.now().toISOString();
      const { name, priority } = pipeline;
      const listed = await ports.jobs.listDue({ pipeline: name, priority, dueBy, limit });
      if (listed.length >= limit) crowded.add(name);
      const due = await refuseJobs(pipeline, listed, ports);
      if (due.length > 0 && vcpuOf(pipeline.size) > ports.limits.maxVcpu) {
        const { maxVcpu } = ports.limits;
        ports.log.error("A pipeline's tasks are larger than the stage allows", {
          pipeline: pipeline.name,
          maxVcpu,
        });
      }
      const experience =
        due.length === 0 ? undefined : await ports.pipelineStore.readExperience(pipeline.name);
      work.push({
        pipeline,
        due: await withoutOverlap(pipeline, due, flights, ports),
        ...(experience === undefined ? {} : { experience }),
      });
    } catch (error) {
      ports.log.error("A pipeline could not be looked at", { pipeline: pipeline.name, error: String(error) });
    }
  }
  return { work, crowded };
}

/**
 * No more than the free tasks can carry: to look at a long queue costs as much as to read it. Where nothing can be launched nothing is
 * looked at, unless ticks have to be dropped that come while an earlier one runs.
 */
function dueLimit(pipeline: Pipeline, flights: readonly Flight[], ports: DispatchPorts): number {
  if (pipeline.source.type === "schedule") return DUE_LIMIT;
  const free = tasksLeft(pipeline, flights, ports.limits);
  return free < 1 ? 0 : Math.min(DUE_LIMIT, free * pipeline.pack.maxJobs + DUE_SPARE);
}

/**
 * A tick that comes while an earlier one runs: waits (queue), is dropped (skip), or runs beside it (allow). Of several ticks that
 * wait only one goes at a time.
 */
async function withoutOverlap(
  pipeline: Pipeline,
  due: readonly DueJob[],
  flights: readonly Flight[],
  ports: DispatchPorts,
): Promise<readonly DueJob[]> {
  if (pipeline.source.type !== "schedule" || pipeline.overlap === "allow") return due;
  const isRunning = flights.some((flight) => flight.pipeline === pipeline.name);
  if (!isRunning) return due.slice(0, 1);
  if (pipeline.overlap === "queue") return [];
  for (const { jobId } of due) {
    const job = await ports.jobs.readJob(jobId);
    if (job?.state !== "RUNNABLE") continue;
    await moveJob(ports.jobs, job, (current) =>
      current.state === "RUNNABLE" && current.source.type === "schedule" && current.attempts.length === 0
        ? cancelJob(
            current,
            { reason: "An earlier tick was still running (overlap: skip)." },
            ports.clock.now(),
          )
        : undefined,
    );
  }
  return [];
}

/** Plans, writes each run before its launch, and launches it. @returns when to look again */
export async function startRuns(
  { work, crowded }: FoundWork,
  flights: readonly Flight[],
  ports: DispatchPorts,
): Promise<NextLook[]> {
  const plan = planRuns({ now: ports.clock.now(), work, flights, limits: ports.limits });
  const looks: NextLook[] = [plan.lookAgainAt === undefined ? undefined : new Date(plan.lookAgainAt)];
  const moreToRead =
    plan.runs.length > 0 &&
    work.some(({ pipeline }) => hasRoom(pipeline, crowded, plan.runs, flights, ports));
  if (plan.isCutShort || moreToRead) looks.push(inASecond(ports));
  for (const planned of plan.runs) {
    if (ports.remainingMs() < SLICE_RESERVE_MS) return [...looks, inASecond(ports)];
    try {
      looks.push(...(await startRun(planned, ports)));
    } catch (error) {
      ports.log.error("A run could not be started", {
        pipeline: planned.pipeline.name,
        error: String(error),
      });
      looks.push(afterError(ports));
    }
  }
  return looks;
}

/** Whether more of a long queue could be launched than was looked at. */
function hasRoom(
  pipeline: Pipeline,
  crowded: ReadonlySet<string>,
  planned: readonly PlannedRun[],
  flights: readonly Flight[],
  { limits }: DispatchPorts,
): boolean {
  const used = planned.filter((run) => run.pipeline.name === pipeline.name).length;
  return crowded.has(pipeline.name) && used < tasksLeft(pipeline, flights, limits);
}

async function startRun(planned: PlannedRun, ports: DispatchPorts): Promise<NextLook[]> {
  const jobs = await jobsForRun(planned, ports);
  // What was left out is still due, or the index has not seen that it no longer is.
  const later = jobs.length < planned.jobs.length ? [inASecond(ports)] : [];
  if (jobs.length === 0) return later;
  return [...later, await launchRun(await writeRun(planned, jobs, ports), ports, jobs)];
}

/** The jobs of a pack that are really due, in the order of the plan. One that has to run alone goes when it is the first. */
async function jobsForRun(planned: PlannedRun, ports: DispatchPorts): Promise<readonly Job[]> {
  const known = new Map(
    (await ports.jobs.readJobs(planned.jobs.map(({ jobId }) => jobId))).map((job) => [job.jobId, job]),
  );
  const now = ports.clock.now().toISOString();
  const due = planned.jobs
    .map(({ jobId }) => known.get(jobId))
    .filter((job) => job !== undefined)
    .filter(({ state, notBefore = now }) => state === "RUNNABLE" && notBefore <= now)
    .filter((job) => isLargeEnough(planned, job, ports.clock.now()));
  return due[0]?.alone === true ? due.slice(0, 1) : due.filter(({ alone }) => alone !== true);
}

/** The index may not have seen that the job has climbed since. */
function isLargeEnough({ pipeline, size }: PlannedRun, job: Job, now: Date): boolean {
  const wanted = sizeToTry(pipeline, { ...job, kind: kindOfJob(job.source) }, now);
  return wanted.memoryMiB <= size.memoryMiB;
}

/** First the run, then its flight: a crash in between leaves a run that nothing points to, and its jobs still due. */
async function writeRun(planned: PlannedRun, jobs: readonly Job[], ports: DispatchPorts): Promise<Run> {
  const run = newRun(planned, jobs, ports);
  const created = await ports.runs.createRun(run);
  if (!created.saved) throw new Error(`There is a run ${run.runId} already.`);
  await ports.runs.addFlight({
    runId: run.runId,
    pipeline: run.pipeline,
    vcpu: vcpuOf(run.size),
    jobs: jobs.length,
    createdAt: run.createdAt,
    launched: false,
  });
  return run;
}

function newRun(planned: PlannedRun, jobs: readonly Job[], ports: DispatchPorts): Run {
  const now = ports.clock.now();
  const runId = ports.chance.runId(now);
  const { pipeline, size } = planned;
  const spot =
    planned.spot && !jobs.some(needsOnDemand) && drawsSpot(pipeline.capacity, () => ports.chance.random());
  return {
    runId,
    pipeline: pipeline.name,
    state: "PLANNED",
    size,
    spot,
    manifest: jobs.map(({ jobId, attempts }) => ({ jobId, attempt: attempts.length + 1 })),
    request: runTaskRequest({ runId, pipeline, jobs, size, spot }, ports.site),
    createdAt: now.toISOString(),
    launches: 0,
    told: [],
    revision: 1,
  };
}

function inASecond(ports: DispatchPorts): Date {
  return new Date(ports.clock.now().getTime() + 1000);
}
