import type { Job } from "#core/jobs/job.ts";
import { drawsSpot } from "#core/planning/capacity.ts";
import { vcpuOf } from "#core/pipelines/fargate-sizes.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { needsOnDemand } from "#core/planning/due-job.ts";
import { isSlow } from "#core/planning/launch-rate.ts";
import type { LaunchHolds } from "#core/planning/launch-holds.ts";
import { type PlannedRun, planRuns } from "#core/planning/plan-runs.ts";
import { tasksLeft } from "#core/planning/room.ts";
import { runTaskRequest } from "#core/planning/run-request.ts";
import type { Flight, Run } from "#core/runs/run.ts";
import type { FoundWork } from "./find-work.ts";
import { jobsForRun } from "./jobs-for-run.ts";
import { type NextLook, launchRun } from "./launch-run.ts";
import { afterError, type DispatchPorts, inASecond, SLICE_RESERVE_MS, type SlicePorts } from "./ports.ts";

/** What became of a plan. */
export interface Started {
  /** When to look again. */
  readonly looks: readonly NextLook[];
  /** Only the rate of launches keeps more from being launched. */
  readonly isCutShort: boolean;
  /** The jobs that were planned. */
  readonly jobIds: readonly string[];
}

/** Plans, writes each run before its launch, and launches it. */
export async function startRuns(
  { work, crowded }: FoundWork,
  flights: readonly Flight[],
  ports: SlicePorts,
): Promise<Started> {
  const { budget, clock, limits } = ports;
  const now = clock.now();
  const hasWork = work.some(({ due }) => due.length > 0);
  const holds = hasWork ? await ports.pipelineStore.readHolds() : undefined;
  const plan = planRuns({ now, work, flights, limits, launches: budget.left(now), holds });
  const looks: NextLook[] = [plan.lookAgainAt === undefined ? undefined : new Date(plan.lookAgainAt)];
  const hasMore =
    plan.runs.length > 0 &&
    work.some(({ pipeline }) => hasRoom(pipeline, crowded, plan.runs, flights, ports));
  if (hasMore) looks.push(inASecond(ports));
  const jobIds = plan.runs.flatMap(({ jobs }) => jobs.map(({ jobId }) => jobId));
  for (const planned of plan.runs) {
    const isOutOfTime = ports.remainingMs() < SLICE_RESERVE_MS;
    // AWS may have asked for fewer calls meanwhile.
    if (isOutOfTime || budget.left(clock.now()) < 1)
      return { looks: [...looks, inASecond(ports)], isCutShort: false, jobIds };
    try {
      looks.push(...(await startRun(planned, holds, ports)));
    } catch (error) {
      ports.log.error("A run could not be started", {
        pipeline: planned.pipeline.name,
        error: String(error),
      });
      looks.push(afterError(ports));
    }
  }
  return { looks, isCutShort: plan.isCutShort, jobIds };
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

async function startRun(
  planned: PlannedRun,
  holds: LaunchHolds | undefined,
  ports: SlicePorts,
): Promise<NextLook[]> {
  const { jobs, lookAgainAt } = await jobsForRun(planned, ports);
  if (jobs.length === 0) return [lookAgainAt];
  const run = newRun(planned, jobs, holds, ports);
  // Before the run: who dies in between has lost a turn, and has not launched too soon.
  if (isSlow(planned.pipeline.capacity.launchesPerSecond))
    await ports.pipelineStore.noteLaunch(run.pipeline, run.createdAt);
  await writeRun(run, ports);
  return [lookAgainAt, await launchRun(run, ports, jobs)];
}

/** First the run, then its flight: a crash in between leaves a run that nothing points to, and its jobs still due. */
async function writeRun(run: Run, ports: DispatchPorts): Promise<void> {
  const created = await ports.runs.createRun(run);
  if (!created.saved) throw new Error(`There is a run ${run.runId} already.`);
  await ports.runs.addFlight({
    runId: run.runId,
    pipeline: run.pipeline,
    vcpu: vcpuOf(run.size),
    jobs: run.manifest.length,
    createdAt: run.createdAt,
    launched: false,
  });
}

function newRun(
  planned: PlannedRun,
  jobs: readonly Job[],
  holds: LaunchHolds | undefined,
  ports: DispatchPorts,
): Run {
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
    ...(holds === undefined ? {} : { holdsRevision: holds.revision }),
    launches: 0,
    told: [],
    revision: 1,
  };
}
