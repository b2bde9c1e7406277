import { hasMoved, isSilent, silence, type Watch, WATCHED_JOBS } from "#core/notices/silence.ts";
import type { Job } from "#core/jobs/job.ts";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { Announcements } from "#core/ports/messaging.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";

export interface SilencePorts {
  readonly jobs: Pick<JobStore, "readJobs" | "nextDue" | "listDue" | "listRecent">;
  readonly runs: Pick<RunStore, "listFlights" | "readRun">;
  readonly pipelineStore: PipelineStore;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly log: Log;
  readonly pipelines: Pipelines;
}

/** Enough of the newest jobs to find one among that has just ended well. */
const RECENT_JOBS = 20;

/** Tells of pipelines whose work waits and of which nothing begins. One pipeline's trouble is not the others'. */
export async function reviewSilence(ports: SilencePorts): Promise<void> {
  const names = Object.keys(ports.pipelines);
  const states = await ports.pipelineStore.readPipelines(names);
  const watches = await ports.pipelineStore.readWatches(names);
  const due = await ports.jobs.nextDue(Object.keys(ports.pipelines));
  for (const pipeline of Object.values(ports.pipelines)) {
    const { name } = pipeline;
    const isPaused = states.get(name)?.paused === true;
    try {
      await listen(pipeline, { watch: watches.get(name), isPaused, firstDue: due.get(name) }, ports);
    } catch (error) {
      ports.log.error("It is not known whether a pipeline goes on", { pipeline: name, error: String(error) });
    }
  }
}

/** What is known of a pipeline when its turn comes. */
interface Known {
  readonly watch: Watch | undefined;
  readonly isPaused: boolean;
  /** ISO 8601. */
  readonly firstDue: string | undefined;
}

async function listen(pipeline: Pipeline, known: Known, ports: SilencePorts): Promise<void> {
  const { pipelineStore, clock, announcements } = ports;
  const { watch, isPaused } = known;
  if (watch === undefined || isPaused) return watchAnew(pipeline, known, ports);
  const jobs = await ports.jobs.readJobs(watch.jobIds);
  if (jobs.length === 0 || jobs.some((job) => hasMoved(job, watch))) return watchAnew(pipeline, known, ports);
  if (!isSilent(watch, clock.now())) return;
  if (await goesOn(watch, ports)) return watchAnew(pipeline, known, ports);
  const trouble = silence(watch, jobs, await pipelineStore.readHolds(), clock.now());
  await announcements.publish([{ type: "Trouble Noticed", trouble }]);
}

/** Looks at those that are due first from now on; a pipeline of which nothing is due, or that a person has paused, is not watched. */
async function watchAnew(
  { name }: Pipeline,
  { watch, isPaused, firstDue }: Known,
  { jobs, pipelineStore, clock }: SilencePorts,
): Promise<void> {
  const now = clock.now().toISOString();
  const query = { pipeline: name, dueBy: now, limit: WATCHED_JOBS };
  const hasWork = !isPaused && firstDue !== undefined && firstDue <= now;
  const jobIds = hasWork ? (await jobs.listDue(query)).map(({ jobId }) => jobId) : [];
  if (jobIds.length > 0 || (watch?.jobIds.length ?? 0) > 0)
    await pipelineStore.saveWatch({ pipeline: name, since: now, jobIds });
}

/** The jobs that were looked at may stand behind others: whether any task of the pipeline runs, or some job has ended well meanwhile. */
async function goesOn({ pipeline, since }: Watch, { jobs, runs }: SilencePorts): Promise<boolean> {
  for (const flight of await runs.listFlights()) {
    if (flight.pipeline !== pipeline || !flight.launched) continue;
    const run = await runs.readRun(flight.runId);
    if (run?.takenBy !== undefined || run?.lastStatus === "RUNNING") return true;
  }
  const hasEndedWell = ({ state, endedAt }: Job): boolean =>
    state === "SUCCEEDED" && endedAt !== undefined && endedAt > since;
  return (await jobs.listRecent({ pipeline, limit: RECENT_JOBS })).some(hasEndedWell);
}
