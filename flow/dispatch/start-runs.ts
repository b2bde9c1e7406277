import { cancelJob } from "#core/jobs/transitions.ts";
import type { Job } from "#core/jobs/job.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { type PlannedRun, planRuns, type PipelineWork, vcpuOf } from "#core/planning/plan-runs.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import { moveJob } from "../save.ts";
import { type NextLook, launchRun } from "./launch-run.ts";
import type { DispatchPorts } from "./ports.ts";

/** Jobs looked at in one slice, a pipeline; what is left is the next slice's. */
const DUE_LIMIT = 500;
/** RunTask takes 20 calls a second and others in the account need some. */
export const MAX_LAUNCHES_PER_SLICE = 15;

/** What the pipelines have to do now. A pipeline whose jobs cannot be read is left out and told; the others go on. */
export async function findWork(flights: readonly Flight[], ports: DispatchPorts): Promise<PipelineWork[]> {
  const work: PipelineWork[] = [];
  for (const pipeline of Object.values(ports.pipelines)) {
    try {
      const state = await ports.pipelineStore.readPipeline(pipeline.name);
      if (state?.paused === true) continue;
      const dueBy = ports.clock.now().toISOString();
      const due = await ports.jobs.listDue({
        pipeline: pipeline.name,
        priority: pipeline.priority,
        dueBy,
        limit: DUE_LIMIT,
      });
      work.push({ pipeline, due: await withoutOverlap(pipeline, due, flights, ports) });
    } catch (error) {
      ports.log.error("A pipeline could not be looked at", { pipeline: pipeline.name, error: String(error) });
    }
  }
  return work;
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
  work: readonly PipelineWork[],
  flights: readonly Flight[],
  ports: DispatchPorts,
): Promise<NextLook[]> {
  const plan = planRuns({ now: ports.clock.now(), work, flights, limits: ports.limits });
  const looks: NextLook[] = [plan.lookAgainAt === undefined ? undefined : new Date(plan.lookAgainAt)];
  const now = plan.runs.slice(0, MAX_LAUNCHES_PER_SLICE);
  const moreToRead = work.some(({ due }) => due.length >= DUE_LIMIT);
  if (plan.runs.length > now.length || moreToRead) looks.push(new Date(ports.clock.now().getTime() + 1000));
  for (const planned of now) {
    try {
      const run = await writeRun(planned, ports);
      if (run !== undefined) looks.push(await launchRun(run, ports));
    } catch (error) {
      ports.log.error("A run could not be started", {
        pipeline: planned.pipeline.name,
        error: String(error),
      });
    }
  }
  return looks;
}

/** First the run, then its flight: a crash in between leaves a run that nothing points to, and its jobs still due. */
async function writeRun({ pipeline, jobs: due }: PlannedRun, ports: DispatchPorts): Promise<Run | undefined> {
  const jobs = (await ports.jobs.readJobs(due.map(({ jobId }) => jobId))).filter(
    ({ state }) => state === "RUNNABLE",
  );
  if (jobs.length === 0) return undefined;
  const run = newRun(pipeline, jobs, ports);
  await ports.runs.createRun(run);
  await ports.runs.addFlight({
    runId: run.runId,
    pipeline: pipeline.name,
    vcpu: vcpuOf(pipeline),
    jobs: jobs.length,
    createdAt: run.createdAt,
    launched: false,
  });
  return run;
}

function newRun(pipeline: Pipeline, jobs: readonly Job[], ports: DispatchPorts): Run {
  const now = ports.clock.now();
  const runId = ports.chance.runId(now);
  const spot = pipeline.capacity.type === "spot-first" && !jobs.some(wasInterruptedTwice);
  return {
    runId,
    pipeline: pipeline.name,
    state: "PLANNED",
    size: pipeline.size,
    spot,
    manifest: jobs.map(({ jobId, attempts }) => ({ jobId, attempt: attempts.length + 1 })),
    request: runTaskRequest({ runId, pipeline, jobs, spot }, ports.site),
    createdAt: now.toISOString(),
    launches: 0,
    told: [],
    revision: 1,
  };
}

/** Fargate never replaces Spot by on-demand itself: whoever lost its host twice goes on demand. */
function wasInterruptedTwice(job: Job): boolean {
  return job.attempts.filter(({ outcome }) => outcome === "spot-interruption").length >= 2;
}
