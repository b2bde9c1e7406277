import type { Job, JobFailure } from "#core/jobs/job.ts";
import { refuseJob } from "#core/jobs/transitions.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { Announcements } from "#core/ports/messaging.ts";
import { moveJob } from "./save.ts";

const DAY_MS = 86_400_000;

export interface RefusePorts {
  readonly jobs: Pick<JobStore, "saveJob">;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Fails the jobs that no run can help, before a launch. Their end is told first and written then: no run stands for them that would
 * tell it later, so a crash in between must leave them due, to be told once more.
 * @param jobs that are due
 * @param failureOf why not; undefined where the job may be tried
 * @returns the other jobs; one whose end could not be told is left out and stays due
 */
export async function refuseJobs(
  jobs: readonly Job[],
  failureOf: (job: Job) => JobFailure | undefined,
  ports: RefusePorts,
): Promise<readonly Job[]> {
  const refuse = (job: Job): Job | undefined => {
    const failure = failureOf(job);
    return failure === undefined ? undefined : refuseJob(job, failure, refusedAt(job, ports.clock.now()));
  };
  const suspects = jobs.filter((job) => failureOf(job) !== undefined);
  if (suspects.length === 0) return jobs;
  try {
    const ends = suspects.map(refuse).filter((job) => job !== undefined);
    await ports.announcements.publish(ends.map((job) => ({ type: "Job Failed", job })));
    for (const job of suspects) await moveJob(ports.jobs, job, refuse);
  } catch (error) {
    ports.log.error("Jobs could not be refused", { jobs: suspects.length, error: String(error) });
  }
  return jobs.filter((job) => !suspects.includes(job));
}

/**
 * As of when it became due, so that it is the same failure however often it is told. What has waited longer, for its pipeline was paused,
 * would have expired before anybody could read it: as of today.
 */
function refusedAt({ notBefore }: Job, now: Date): Date {
  const today = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
  const due = notBefore === undefined ? now : new Date(notBefore);
  return due > today ? due : today;
}
