import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import { inWholeKeys, listedOrders } from "#core/ordering/listed-order.ts";
import { uploadJobId } from "#core/jobs/job-id.ts";
import {
  isWorkFor,
  type Pipeline,
  type Pipelines,
  pipelineOfKey,
  type UploadSource,
} from "#core/pipelines/pipeline.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { IntakeSender } from "#core/ports/messaging.ts";
import type { ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";

export interface InventoryPorts {
  readonly listing: ObjectListing;
  readonly jobs: Pick<JobStore, "readJobs">;
  readonly pipelineStore: Pick<PipelineStore, "readPipeline">;
  readonly intake: IntakeSender;
  readonly clock: Clock;
  readonly log: Log;
  readonly pipelines: Pipelines;
}

export interface InventoryQuery {
  readonly bucket: string;
  /** The time of the tick: age counts from here, so that a tick means the same however late it is delivered. */
  readonly asOf: Date;
  /** Older objects are not looked at: their jobs may have expired, and must not come back. */
  readonly days: number;
  /** The event of a younger object may still be on its way; the next tick sees it. */
  readonly settleSeconds: number;
  /** Aborts between two pages. */
  readonly signal: AbortSignal;
}

/** How many object versions of one pipeline were seen, and what each of them came to. */
export interface InventoryCount {
  /** All versions that are work of the pipeline. */
  listed: number;
  /** Of all of them. */
  bytes: number;
  /** Have a job. */
  known: number;
  /** Had none, and were sent to intake. */
  sent: number;
  /** Older than the pipeline's first deploy, which does not say backfill. */
  tooOld: number;
  /** Not within the last days. */
  outOfWindow: number;
  /** Too young to be missed. */
  settling: number;
}

const DAY_MS = 86_400_000;

/** Looks through each upload pipeline's prefix, page by page, and sends the versions without a job to intake. */
export async function takeInventory(
  query: InventoryQuery,
  ports: InventoryPorts,
): Promise<Record<string, InventoryCount>> {
  const counts: Record<string, InventoryCount> = {};
  for (const pipeline of Object.values(ports.pipelines)) {
    const { source } = pipeline;
    if (source.type !== "upload") continue;
    const since = await sinceOf(pipeline, source, ports);
    if (since === undefined) continue;
    counts[pipeline.name] = await countPipeline(pipeline, source, since, query, ports);
  }
  return counts;
}

/** From when objects are work, in milliseconds; undefined for a pipeline that no deploy has introduced yet. */
async function sinceOf(
  pipeline: Pipeline,
  source: UploadSource,
  ports: InventoryPorts,
): Promise<number | undefined> {
  if (source.backfill === true) return Number.NEGATIVE_INFINITY;
  const state = await ports.pipelineStore.readPipeline(pipeline.name);
  if (state === undefined) {
    ports.log.warn("No deploy has introduced this pipeline yet; its objects wait", {
      pipeline: pipeline.name,
    });
    return undefined;
  }
  // A listing tells whole seconds, rounded down.
  return Math.floor(Date.parse(state.since) / 1000) * 1000;
}

async function countPipeline(
  pipeline: Pipeline,
  source: UploadSource,
  since: number,
  query: InventoryQuery,
  ports: InventoryPorts,
): Promise<InventoryCount> {
  const count = { listed: 0, bytes: 0, known: 0, sent: 0, tooOld: 0, outOfWindow: 0, settling: 0 };
  const pages = ports.listing.listVersions({ bucket: query.bucket, prefix: source.prefix });
  for await (const page of inWholeKeys(pages)) {
    query.signal.throwIfAborted();
    const now = query.asOf.getTime();
    const candidates: ObjectVersion[] = [];
    for (const version of page) {
      if (!isWorkOf(pipeline, version, ports.pipelines)) continue;
      count.listed += 1;
      count.bytes += version.sizeBytes;
      const modified = Date.parse(version.lastModified);
      if (modified < since) count.tooOld += 1;
      else if (modified < now - query.days * DAY_MS) count.outOfWindow += 1;
      else if (modified > now - query.settleSeconds * 1000) count.settling += 1;
      else candidates.push(version);
    }
    const missing = await withoutJob(pipeline, candidates, ports);
    const orderOf = pipeline.onOverwrite === "newest-only" ? listedOrders(page) : () => undefined;
    await ports.intake.send(missing.map((version) => uploadCreatedEvent(version, orderOf(version))));
    count.sent += missing.length;
    count.known += candidates.length - missing.length;
  }
  return count;
}

/** As intake decides it. */
function isWorkOf(pipeline: Pipeline, { key, sizeBytes }: ObjectVersion, pipelines: Pipelines): boolean {
  return pipelineOfKey(pipelines, key)?.name === pipeline.name && isWorkFor(pipeline, { key, sizeBytes });
}

async function withoutJob(
  { name }: Pipeline,
  versions: readonly ObjectVersion[],
  ports: InventoryPorts,
): Promise<ObjectVersion[]> {
  if (versions.length === 0) return [];
  const byJobId = new Map(versions.map((version) => [uploadJobId({ pipeline: name, ...version }), version]));
  for (const { jobId } of await ports.jobs.readJobs([...byJobId.keys()])) byJobId.delete(jobId);
  return [...byJobId.values()];
}
