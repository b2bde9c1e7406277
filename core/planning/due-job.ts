import type { AttemptOutcome, Job } from "../jobs/job.ts";
import { kindOfJob } from "../jobs/kind-of-job.ts";
import type { DueJob } from "../ports/job-store.ts";

/** What the index of due jobs shall say of a job; undefined where it may not be launched. */
export function dueJobOf(job: Job): DueJob | undefined {
  if (job.state !== "RUNNABLE" || job.notBefore === undefined) return undefined;
  return {
    jobId: job.jobId,
    pipeline: job.pipeline,
    notBefore: job.notBefore,
    createdAt: job.createdAt,
    sizeBytes: job.source.type === "upload" ? job.source.sizeBytes : 0,
    kind: kindOfJob(job.source),
    ...(job.size === undefined ? {} : { size: job.size }),
    ...(job.alone === undefined ? {} : { alone: job.alone }),
    ...(needsOnDemand(job) ? { onDemand: true } : {}),
  };
}

/** Fargate never replaces Spot by on-demand itself: whoever found no room, or lost its host twice, goes on demand. */
export function needsOnDemand({ attempts }: Pick<Job, "attempts">): boolean {
  const count = (wanted: AttemptOutcome) => attempts.filter(({ outcome }) => outcome === wanted).length;
  return count("spot-interruption") >= 2 || count("capacity") >= 1;
}
