import type { Job } from "#core/jobs/job.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Announcement, Announcements } from "#core/ports/messaging.ts";

interface TellPorts {
  readonly jobs: Pick<JobStore, "readJobs">;
  readonly announcements: Announcements;
}

/** Publishes the ends of jobs that a worker has settled. Its report comes again with the message, so an end is told at least once. */
export async function tellEnds(jobIds: readonly string[], ports: TellPorts): Promise<void> {
  const announcements = (await ports.jobs.readJobs(jobIds)).flatMap(announcementOf);
  if (announcements.length > 0) await ports.announcements.publish(announcements);
}

/** @returns nothing for a job that a person has had tried again meanwhile, and for one that he has cancelled */
export function announcementOf(job: Job): Announcement[] {
  if (job.state === "SUCCEEDED") return [{ type: "Job Succeeded", job }];
  return job.state === "FAILED" ? [{ type: "Job Failed", job }] : [];
}
