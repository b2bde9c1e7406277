import { EXIT_KILLED } from "#core/classification/classify-stop.ts";
import type { Verdict } from "#core/classification/failure.ts";
import { isTerminal, type Job, lastAttempt } from "#core/jobs/job.ts";
import { mayBeOfNewerCode } from "#core/pipelines/newer-code.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Chance, Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { Announcement, Announcements, WakeUps } from "#core/ports/messaging.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Run } from "#core/runs/run.ts";
import { finishedRun, isOver, toldRun } from "#core/runs/transitions.ts";
import { type RunEnd, settleJob } from "#core/settling/settle-job.ts";
import { learnFrom } from "./learn-from-run.ts";
import { pointToResults } from "./point-to-results.ts";
import { moveJob, moveRun, TooManyConflictsError } from "./save.ts";
import { announcementOf } from "./tell-ends.ts";

export interface SettlePorts {
  readonly jobs: JobStore;
  readonly runs: RunStore;
  readonly lines: ObjectLineStore;
  readonly pipelineStore: PipelineStore;
  readonly announcements: Announcements;
  readonly wakeUps: WakeUps;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly pipelines: Pipelines;
}

/**
 * After a run is over: settles each job it left unsettled, publishes every end that was not yet told, and removes the
 * flight last, so that whoever dies on the way is repeated by the next event or by sweep. Does it again harmlessly.
 */
export async function finishRun(run: Run, ports: SettlePorts): Promise<void> {
  if (!isOver(run))
    throw new Error(`Run ${run.runId} is ${run.state}; only a run that is over can be finished.`);
  if (isLeftToNewerCode(run, ports)) return;
  const jobs = await settleJobs(run, jobsToSettle(run), ports);
  await learnFrom(
    run,
    jobs.filter(({ jobId }) => !run.told.includes(jobId)),
    ports,
  );
  const told = await announceEnds(
    run,
    jobs,
    ports,
    run.toldAt === undefined ? [{ type: "Run Stopped", run }] : [],
  );
  await moveRun(ports.runs, run, (current) => {
    const withTold = toldRun(current, told);
    const known = withTold === undefined ? current : { ...withTold, revision: current.revision };
    return finishedRun(known, ports.clock.now()) ?? withTold;
  });
  await ports.runs.removeFlight(run.runId);
  await ports.wakeUps.now();
}

/**
 * Whether a young run's pipeline is none of ours: a deploy has added it, and this function is of before. Its jobs are not failed for
 * that; sweep finishes the run.
 */
function isLeftToNewerCode(run: Run, { pipelines, clock, log }: SettlePorts): boolean {
  const { runId, pipeline } = run;
  if (pipelines[pipeline] !== undefined || !mayBeOfNewerCode(run, clock.now())) return false;
  log.warn("A run of a pipeline that is not known here is left to newer code", { runId, pipeline });
  return true;
}

/** Where the task ended well, nobody needs to look again at the jobs whose ends are told: that is most of what a run would read. */
function jobsToSettle({ manifest, told, exitCode }: Run): string[] {
  const jobIds = manifest.map(({ jobId }) => jobId);
  return exitCode === 0 ? jobIds.filter((jobId) => !told.includes(jobId)) : jobIds;
}

/** While a run goes on: these jobs of it have an outcome. Settles and publishes them; a lost report is late, not lost. */
export async function settleReported(run: Run, jobIds: readonly string[], ports: SettlePorts): Promise<void> {
  if (isLeftToNewerCode(run, ports)) return;
  const known = new Set(run.manifest.map(({ jobId }) => jobId));
  const jobs = await settleJobs(
    run,
    jobIds.filter((jobId) => known.has(jobId)),
    ports,
  );
  await learnFrom(run, jobs, ports);
  const told = await announceEnds(run, jobs, ports, []);
  await noteTold(run, told, ports);
  if (jobs.some(({ state }) => state === "RUNNABLE")) await ports.wakeUps.now();
}

/** Many reports of one large pack write the same run at once. Who does not come through costs a second event and no more. */
async function noteTold(run: Run, told: readonly string[], ports: SettlePorts): Promise<void> {
  try {
    await moveRun(ports.runs, run, (current) => toldRun(current, told));
  } catch (error) {
    if (!(error instanceof TooManyConflictsError)) throw error;
    ports.log.warn("It was not noted which jobs are told; they will be told again", {
      runId: run.runId,
      jobs: told.length,
    });
  }
}

/** @returns the jobs as they stand after it */
async function settleJobs(run: Run, jobIds: readonly string[], ports: SettlePorts): Promise<Job[]> {
  const pipeline = ports.pipelines[run.pipeline];
  const jobs = await ports.jobs.readJobs(jobIds);
  const end = endOf(run, jobs);
  const settled: Job[] = [];
  for (const job of jobs) {
    const chance = ports.chance.random();
    const result = await moveJob(ports.jobs, job, (current) =>
      settleJob({ job: current, runId: run.runId, pipeline, end, now: ports.clock.now(), chance }),
    );
    if (result !== undefined) settled.push(result.item);
  }
  return settled;
}

/** @param jobs those of the run that are to be settled */
function endOf(run: Run, jobs: readonly Job[]): RunEnd | undefined {
  if (!isOver(run) || run.verdict === undefined) return undefined;
  const { runId, verdict } = run;
  return {
    verdict,
    givenUp: run.state === "GIVEN_UP",
    taken: run.takenBy !== undefined,
    begun:
      run.told.length > 0 ||
      jobs.some(({ attempts }) =>
        attempts.some((attempt) => attempt.runId === runId && attempt.startedAt !== undefined),
      ),
    underWay: jobs.filter((job) => wasUnderWay(job, runId, verdict)).length,
    killed: verdict.class === "application" && run.exitCode === EXIT_KILLED,
    size: run.size,
  };
}

/**
 * Also where an earlier try at settling, cut short, has come to the job already, and even if another run has taken it since; and where
 * a person has cancelled it: the task worked on. Who had reported the same class of failure before, or was cancelled long before, counts
 * too: that costs one more try alone, a wrong suspicion costs a good file.
 */
function wasUnderWay(job: Job, runId: string, verdict: Verdict): boolean {
  const attempt = job.attempts.find((made) => made.runId === runId);
  if (attempt?.startedAt === undefined) return false;
  if (attempt.outcome !== undefined)
    return attempt.outcome === verdict.class || attempt.outcome === "cancelled";
  return job.state === "RUNNING" && job.reported === undefined;
}

/** Publishes the ends that this run brought about and has not told. @returns the ids of the jobs told by this call */
async function announceEnds(
  run: Run,
  jobs: readonly Job[],
  ports: SettlePorts,
  more: readonly Announcement[],
): Promise<string[]> {
  const ended = jobs.filter(
    (job) => isTerminal(job) && lastAttempt(job)?.runId === run.runId && !run.told.includes(job.jobId),
  );
  await pointToResults(ended, ports);
  const announcements = ended.flatMap(announcementOf);
  if (announcements.length + more.length > 0) await ports.announcements.publish([...announcements, ...more]);
  return ended.map(({ jobId }) => jobId);
}
