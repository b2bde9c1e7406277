import { uploadJobId } from "#core/jobs/job-id.ts";
import type { Job, UploadTrigger } from "#core/jobs/job.ts";
import { supersedeJob } from "#core/jobs/transitions.ts";
import {
  clearOvertaken,
  type ObjectLine,
  objectIdOf,
  placeVersion,
  type VersionInLine,
} from "#core/ordering/object-line.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { ObjectLineStore } from "#core/ports/object-line-store.ts";
import { moveJob, TooManyConflictsError } from "./save.ts";

export interface OrderPorts {
  readonly jobs: Pick<JobStore, "readJobs" | "saveJob">;
  readonly lines: ObjectLineStore;
  readonly clock: Clock;
  readonly log: Log;
}

export type UploadJob = Job & { readonly source: UploadTrigger };

/** Versions of one key that are recorded at the same moment. */
const MAX_TRIES = 20;

/**
 * Puts a recorded version in the line of its key and supersedes whatever is older: itself, or the jobs that it overtakes. The
 * job is written first and the line second, so that every job in a line exists; whoever dies in between is repeated by the
 * queue, and the line remembers whom it has overtaken.
 * @returns the job as it stands after it
 */
export async function orderVersion(job: UploadJob, ports: OrderPorts): Promise<Job> {
  const objectId = objectIdOf({ pipeline: job.pipeline, ...job.source });
  const arrival = { objectId, ...versionOf(job), olderJobIds: olderJobIdsOf(job) };
  let line = await ports.lines.readLine(objectId);
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const place = placeVersion(line, arrival);
    const isWritten = place.line !== undefined && place.line !== line;
    const result = isWritten ? await ports.lines.saveLine(place.line) : ({ saved: true } as const);
    if (!result.saved) {
      line = result.current;
      continue;
    }
    if (place.type === "unknown") {
      ports.log.warn("Which version is newer cannot be told; both are worked on", { jobId: job.jobId });
      return job;
    }
    if (place.line !== undefined) await supersedeOvertaken(place.line, ports);
    return place.type === "newest" ? job : supersede(job, place.newerJobId ?? newestIn(job), ports);
  }
  throw new TooManyConflictsError("The line of a key's versions was written by others time and again.");
}

export function versionOf({ jobId, source }: UploadJob): VersionInLine {
  const { versionId, sequencer, listed } = source;
  return {
    jobId,
    versionId,
    ...(sequencer === undefined ? {} : { sequencer }),
    ...(listed === undefined ? {} : { listed }),
  };
}

function olderJobIdsOf({ pipeline, source }: UploadJob): string[] {
  const { olderVersionIds = [] } = source.listed ?? {};
  return olderVersionIds.map((versionId) => uploadJobId({ ...source, pipeline, versionId })).reverse();
}

/** The listing's newest version has a job, or will have one by the same listing. */
function newestIn({ pipeline, source, jobId }: UploadJob): string {
  if (source.listed === undefined) return jobId;
  return uploadJobId({ ...source, pipeline, versionId: source.listed.newestVersionId });
}

async function supersede(job: Job, newerJobId: string, { jobs, clock, log }: OrderPorts): Promise<Job> {
  const result = await moveJob(jobs, job, (current) => supersedeJob(current, newerJobId, clock.now()));
  if (result?.moved === true)
    log.info("Superseded", { jobId: job.jobId, newerJobId, state: result.item.state });
  return result?.item ?? job;
}

/** Ends the jobs that the newest version has overtaken. */
export async function supersedeOvertaken(line: ObjectLine, ports: OrderPorts): Promise<void> {
  if (line.overtaken.length === 0) return;
  for (const job of await ports.jobs.readJobs(line.overtaken)) {
    await supersede(job, line.newest.jobId, ports);
  }
  // Who writes the line meanwhile overtakes more, and clears these with them.
  const cleared = clearOvertaken(line, line.overtaken);
  if (cleared !== undefined) await ports.lines.saveLine(cleared);
}
