import { type ObjectLine, objectIdOf } from "#core/ordering/object-line.ts";
import type { History } from "../history.ts";
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

/** The result that counts for a key only ever moves on to a newer version's. */
export function checkCurrent(
  line: ObjectLine,
  before: string | undefined,
  accepted: readonly Accepted[],
  history: History,
): void {
  const placeOf = (jobId: string | undefined): number =>
    accepted.findIndex((version) => version.jobId === jobId);
  if (before === undefined || placeOf(line.current) > placeOf(before)) return;
  const what = "an older version's result took a newer one's place";
  history.violate({ rule: "current-is-newest", what, jobId: line.current });
}

/** Once nothing is left in a queue the newest version that succeeded is the one whose result counts. */
export async function checkCurrentAtTheEnd(cloud: Cloud, accepted: readonly Accepted[]): Promise<void> {
  const { jobs, lines, history, stage } = cloud.world;
  for (const versions of Map.groupBy(accepted, ({ key }) => key).values()) {
    const newest = versions
      .map(({ jobId }) => jobs.standing(jobId))
      .findLast((job) => job?.state === "SUCCEEDED");
    if (newest?.source.type !== "upload" || !isNewestOnly(newest, stage.pipelines)) continue;
    const line = await lines.readLine(objectIdOf({ pipeline: newest.pipeline, ...newest.source }));
    if (line?.current === newest.jobId) continue;
    const what = `the key's result is ${line?.current ?? "nobody"}'s in the end`;
    history.violate({ rule: "current-is-newest", what, jobId: newest.jobId });
  }
}

function isNewestOnly({ pipeline }: Job, pipelines: Pipelines): boolean {
  return pipelines[pipeline]?.onOverwrite === "newest-only";
}
