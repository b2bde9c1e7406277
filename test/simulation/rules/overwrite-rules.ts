import type { Job } from "#core/jobs/job.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import type { Cloud } from "../world/cloud.ts";
import type { Accepted } from "../world/workload.ts";

/** A version is let go only for a newer one of its key, and only where the pipeline says so. */
export function checkOverwrites(cloud: Cloud, accepted: readonly Accepted[]): void {
  const { jobs, history, stage } = cloud.world;
  // In the order in which S3 took them.
  const place = new Map(accepted.map(({ jobId }, index) => [jobId, index]));
  const keys = new Map(accepted.map(({ jobId, key }) => [jobId, key]));
  for (const job of jobs.allJobs()) {
    const newer = job.supersededBy;
    if (newer === undefined && job.state !== "SUPERSEDED") continue;
    const { jobId } = job;
    const violate = (what: string): void => history.violate({ rule: "only-older-is-let-go", what, jobId });
    if (!isNewestOnly(job, stage.pipelines)) violate("superseded in a pipeline that works on every version");
    if (newer === undefined || keys.get(newer) !== keys.get(jobId))
      violate("superseded by no version of its key");
    else if ((place.get(newer) ?? -1) <= (place.get(jobId) ?? -1))
      violate("superseded by one that is no newer");
  }
}

function isNewestOnly({ pipeline }: Job, pipelines: Pipelines): boolean {
  return pipelines[pipeline]?.onOverwrite === "newest-only";
}
