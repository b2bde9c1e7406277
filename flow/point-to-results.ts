import type { Job } from "#core/jobs/job.ts";
import {
  lineOf,
  type ObjectLine,
  objectIdOf,
  pointTo,
  type VersionInLine,
} from "#core/ordering/object-line.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import {
  orderVersion,
  type OrderPorts,
  supersedeOvertaken,
  type UploadJob,
  versionOf,
} from "./order-version.ts";
import { TooManyConflictsError } from "./save.ts";

interface PointPorts extends OrderPorts {
  readonly pipelines: Pipelines;
}

const MAX_TRIES = 20;

/**
 * newest-only: makes each successful job's result the one of its key, unless a newer version's is already. Results themselves
 * lie under their job and attempt and are never overwritten, so this is what "current" means.
 */
export async function pointToResults(ended: readonly Job[], ports: PointPorts): Promise<void> {
  for (const job of ended) {
    const { source, state } = job;
    if (state !== "SUCCEEDED" || source.type !== "upload") continue;
    if (ports.pipelines[job.pipeline]?.onOverwrite !== "newest-only") continue;
    await pointToResult({ ...job, source }, ports);
  }
}

async function pointToResult(job: UploadJob, ports: PointPorts): Promise<void> {
  const { lines } = ports;
  const objectId = objectIdOf({ pipeline: job.pipeline, ...job.source });
  const version = versionOf(job);
  let line = await lines.readLine(objectId);
  // Whoever should have superseded them may have died, and its message with it.
  if (line !== undefined && line.overtaken.length > 0) {
    await supersedeOvertaken(line, ports);
    line = await lines.readLine(objectId);
  }
  // Intake may have died between the job and its line, and its message may have been given up.
  if (line?.jobs.includes(job.jobId) !== true) {
    await orderVersion(job, ports);
    line = await lines.readLine(objectId);
  }
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const wanted = line === undefined ? begun(objectId, version) : pointTo(line, version);
    if (wanted === undefined) return;
    const result = await lines.saveLine(wanted);
    if (result.saved) return;
    line = result.current;
  }
  throw new TooManyConflictsError("The line of a key's versions was written by others time and again.");
}

/** Of a version that its listing has as an older one: it alone makes no line. */
function begun(objectId: string, version: VersionInLine): ObjectLine | undefined {
  return pointTo({ ...lineOf(objectId, version), revision: 0 }, version);
}
