import { isTerminal, type Job, lastAttempt } from "#core/jobs/job.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Chance, Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { Announcement, Announcements, WakeUps } from "#core/ports/messaging.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { Run } from "#core/runs/run.ts";
import { finishedRun, isOver, toldRun } from "#core/runs/transitions.ts";
import { settleJob } from "#core/settling/settle-job.ts";
import { moveJob, moveRun } from "./save.ts";

export interface SettlePorts {
  readonly jobs: JobStore;
  readonly runs: RunStore;
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
  if (!isOver(run)) throw new Error(`Run ${run.runId} is ${run.state}; only a run that is over can be finished.`);
  if (run.toldAt === undefined) {
    const jobs = await settleJobs(run, run.manifest.map(({ jobId }) => jobId), ports);
    const told = await announceEnds(run, jobs, ports, [{ type: "Run Stopped", run }]);
    await moveRun(ports.runs, run, (current) => {
      const withTold = toldRun(current, told);
      return finishedRun(withTold === undefined ? current : { ...withTold, revision: current.revision }, ports.clock.now());
    });
  }
  await ports.runs.removeFlight(run.runId);
  await ports.wakeUps.now();
}

/** While a run goes on: these jobs of it have an outcome. Settles and publishes them; a lost report is late, not lost. */
export async function settleReported(run: Run, jobIds: readonly string[], ports: SettlePorts): Promise<void> {
  const known = new Set(run.manifest.map(({ jobId }) => jobId));
  const jobs = await settleJobs(run, jobIds.filter((jobId) => known.has(jobId)), ports);
  const told = await announceEnds(run, jobs, ports, []);
  await moveRun(ports.runs, run, (current) => toldRun(current, told));
  if (jobs.some(({ state }) => state === "RUNNABLE")) await ports.wakeUps.now();
}

/** @returns the jobs as they stand after it */
async function settleJobs(run: Run, jobIds: readonly string[], ports: SettlePorts): Promise<Job[]> {
  const pipeline = ports.pipelines[run.pipeline];
  const settled: Job[] = [];
  for (const job of await ports.jobs.readJobs(jobIds)) {
    const runVerdict = isOver(run) ? run.verdict : undefined;
    const result = await moveJob(ports.jobs, job, (current) =>
      settleJob({
        job: current,
        runId: run.runId,
        pipeline,
        runVerdict,
        neverStarted: run.state === "GIVEN_UP",
        now: ports.clock.now(),
        chance: ports.chance.random(),
      }),
    );
    if (result !== undefined) settled.push(result.item);
  }
  return settled;
}

/** Publishes the ends that this run brought about and has not told. @returns the ids of the jobs told by this call */
async function announceEnds(run: Run, jobs: readonly Job[], ports: SettlePorts, more: readonly Announcement[]): Promise<string[]> {
  const ended = jobs.filter(
    (job) => isTerminal(job) && lastAttempt(job)?.runId === run.runId && !run.told.includes(job.jobId),
  );
  const announcements = ended.flatMap((job): Announcement[] => {
    if (job.state === "SUCCEEDED") return [{ type: "Job Succeeded", job }];
    return job.state === "FAILED" ? [{ type: "Job Failed", job }] : [];
  });
  if (announcements.length + more.length > 0) await ports.announcements.publish([...announcements, ...more]);
  return ended.map(({ jobId }) => jobId);
}
