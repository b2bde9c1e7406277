import { uploadCreatedEvent } from "#core/intake/upload-event.ts";
import { uploadJobId } from "#core/jobs/job-id.ts";
import { inWholeKeys, listedOrders } from "#core/ordering/listed-order.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { IntakeSender } from "#core/ports/messaging.ts";
import type { ListingQuery, ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";

export interface CountPorts {
  readonly listing: ObjectListing;
  readonly jobs: Pick<JobStore, "readJobs">;
  readonly intake: IntakeSender;
}

export interface CountQuery {
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

/** A pipeline's listing is cut into so many parts at most, which are gone through side by side. */
const PARTS = 8;
const DAY_MS = 86_400_000;

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
  /** An earlier tick has looked at them, and not in the last hours. */
  checked: number;
  /** Older than the pipeline's first deploy, which does not say backfill. */
  tooOld: number;
  /** Not within the last days. */
  outOfWindow: number;
  /** Too young to be missed. */
  settling: number;
}

/** Where to look, from when objects are work and from when they may be new, in milliseconds. */
export interface Look {
  readonly prefix: string;
  readonly since: number;
  readonly from: number;
  readonly isWork: (version: ObjectVersion) => boolean;
  /** The pipeline that its event has to name, for the key does not tell it any more. */
  readonly named?: string;
  /** Another pipeline that may have a job of it. */
  readonly othersWith?: (version: ObjectVersion) => string | undefined;
}

/** Page by page and part by part; sends what has no job to intake. */
export async function countPipeline(
  pipeline: Pipeline,
  look: Look,
  query: CountQuery,
  ports: CountPorts,
): Promise<InventoryCount> {
  const count = {
    listed: 0,
    bytes: 0,
    known: 0,
    sent: 0,
    checked: 0,
    tooOld: 0,
    outOfWindow: 0,
    settling: 0,
  };
  const { bucket } = query;
  const { prefix } = look;
  const cuts = await ports.listing.cuts({ bucket, prefix, parts: PARTS });
  const parts = [undefined, ...cuts].map((after, index) => ({
    bucket,
    prefix,
    ...(after === undefined ? {} : { after }),
    ...(cuts[index] === undefined ? {} : { upTo: cuts[index] }),
  }));
  await Promise.all(parts.map((part) => countPart(pipeline, part, { ...look, count }, query, ports)));
  return count;
}

/** Page by page, so that no more than a page of each part is held, whatever lies in the bucket. */
async function countPart(
  pipeline: Pipeline,
  part: ListingQuery,
  { count, since, from, isWork, named, othersWith }: Look & { readonly count: InventoryCount },
  query: CountQuery,
  ports: CountPorts,
): Promise<void> {
  const ordersIn = listedOrders();
  for await (const page of inWholeKeys(ports.listing.listVersions(part))) {
    query.signal.throwIfAborted();
    const now = query.asOf.getTime();
    const candidates: ObjectVersion[] = [];
    for (const version of page) {
      if (!isWork(version)) continue;
      count.listed += 1;
      count.bytes += version.sizeBytes;
      const modified = Date.parse(version.lastModified);
      if (modified < since) count.tooOld += 1;
      else if (modified < now - query.days * DAY_MS) count.outOfWindow += 1;
      else if (modified < from) count.checked += 1;
      else if (modified > now - query.settleSeconds * 1000) count.settling += 1;
      else candidates.push(version);
    }
    const missing = await withoutJob(pipeline, candidates, othersWith, ports);
    const orderOf = pipeline.onOverwrite === "newest-only" ? ordersIn(page.filter(isWork)) : () => undefined;
    await ports.intake.send(missing.map((version) => uploadCreatedEvent(version, orderOf(version), named)));
    count.sent += missing.length;
    count.known += candidates.length - missing.length;
  }
}

async function withoutJob(
  { name }: Pipeline,
  versions: readonly ObjectVersion[],
  othersWith: Look["othersWith"],
  ports: CountPorts,
): Promise<ObjectVersion[]> {
  if (versions.length === 0) return [];
  const byJobId = new Map<string, ObjectVersion>();
  for (const version of versions)
    for (const pipeline of new Set([name, othersWith?.(version) ?? name]))
      byJobId.set(uploadJobId({ pipeline, ...version }), version);
  const known = new Set<ObjectVersion | undefined>();
  for (const { jobId } of await ports.jobs.readJobs([...byJobId.keys()])) known.add(byJobId.get(jobId));
  return versions.filter((version) => !known.has(version));
}
