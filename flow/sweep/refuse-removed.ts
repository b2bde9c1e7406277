import { newsOf, removedPipelines } from "#core/pipelines/removed-pipelines.ts";
import { REMOVED_PIPELINE } from "#core/settling/settle-job.ts";
import { refuseJobs } from "../refuse-jobs.ts";
import { isOutOfTime, type SweepPorts, trying } from "./ports.ts";

/** Of one pipeline in one tick; the rest is the next one's. */
const REFUSED_AT_ONCE = 500;

/**
 * Fails what waits for a pipeline that has been removed or renamed: dispatch looks only for work of those that there are, and so it
 * would wait for ever, in silence. For that the names of all that ever were are kept.
 */
export async function refuseRemoved(ports: SweepPorts): Promise<void> {
  const { pipelineStore, pipelines, clock } = ports;
  const now = clock.now();
  const known = await pipelineStore.readKnownPipelines();
  const news = newsOf(known, Object.keys(pipelines), now);
  if (Object.keys(news).length > 0) await pipelineStore.noteKnownPipelines(news);
  const removed = removedPipelines({ ...known, ...news }, now);
  if (removed.length === 0) return;
  for (const pipeline of (await ports.jobs.nextDue(removed)).keys()) {
    if (isOutOfTime(ports)) return;
    await trying(`Work of the removed pipeline ${pipeline} could not be failed`, ports, () =>
      refuseWorkOf(pipeline, ports),
    );
  }
}

/** What is to be tried again later is failed when its time has come. */
async function refuseWorkOf(pipeline: string, ports: SweepPorts): Promise<void> {
  const dueBy = ports.clock.now().toISOString();
  const due = await ports.jobs.listDue({ pipeline, dueBy, limit: REFUSED_AT_ONCE });
  const jobs = await ports.jobs.readJobs(due.map(({ jobId }) => jobId));
  await refuseJobs(
    jobs.filter(({ state }) => state === "RUNNABLE"),
    () => REMOVED_PIPELINE,
    ports,
  );
}
