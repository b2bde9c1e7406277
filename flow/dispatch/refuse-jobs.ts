import type { Job } from "#core/jobs/job.ts";
import { refuseJob } from "#core/jobs/transitions.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { mayBeRefused, refusalOf } from "#core/planning/refusal.ts";
import type { DueJob } from "#core/ports/job-store.ts";
import { moveJob } from "../save.ts";
import type { DispatchPorts } from "./ports.ts";

/**
 * Fails the jobs that no run can help, before a launch. Their end is told first and written then: no run stands for them that would
 * tell it later, so a crash in between must leave them due, to be told once more.
 * @returns the other jobs; one whose end could not be told is left out and stays due
 */
export async function refuseJobs(
  pipeline: Pipeline,
  due: readonly DueJob[],
  ports: DispatchPorts,
): Promise<readonly DueJob[]> {
  const suspects = due.filter((job) => mayBeRefused(job, pipeline)).map(({ jobId }) => jobId);
  if (suspects.length === 0) return due;
  const left = new Set(suspects);
  const refuse = (job: Job): Job | undefined => {
    const failure = refusalOf(job, pipeline);
    // As of when it became due, so that it is the same failure however often it is told.
    const at = job.notBefore === undefined ? ports.clock.now() : new Date(job.notBefore);
    return failure === undefined ? undefined : refuseJob(job, failure, at);
  };
  try {
    const jobs = await ports.jobs.readJobs(suspects);
    const refused = jobs.map(refuse).filter((job) => job !== undefined);
    if (refused.length > 0)
      await ports.announcements.publish(refused.map((job) => ({ type: "Job Failed", job })));
    for (const job of jobs) {
      if (refusalOf(job, pipeline) === undefined) left.delete(job.jobId);
      else await moveJob(ports.jobs, job, refuse);
    }
  } catch (error) {
    ports.log.error("Jobs could not be refused", { pipeline: pipeline.name, error: String(error) });
  }
  return due.filter(({ jobId }) => !left.has(jobId));
}
