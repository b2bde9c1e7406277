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
import type { ListingQuery, ObjectListing, ObjectVersion } from "#core/ports/object-store.ts";
import type { EarlierUploads, PipelineState, PipelineStore } from "#core/ports/pipeline-store.ts";

export interface InventoryPorts {
  readonly listing: ObjectListing;
  readonly jobs: Pick<JobStore, "readJobs">;
  readonly pipelineStore: Pick<PipelineStore, "readPipeline" | "noteLooked" | "forgetEarlier">;
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
  /** Looks at what earlier ticks have looked at too; the first tick of a day does so by itself. */
  readonly full?: boolean;
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
  /** An earlier tick has looked at them, and not in the last hours. */
  checked: number;
  /** Older than the pipeline's first deploy, which does not say backfill. */
  tooOld: number;
  /** Not within the last days. */
  outOfWindow: number;
  /** Too young to be missed. */
  settling: number;
}

/** A pipeline's listing is cut into so many parts at most, which are gone through side by side. */
const PARTS = 8;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * What was sent to intake is looked at again for as long, so that its message may be lost as well. Whatever comes out later (an upload
 * in parts has the time of its beginning) is the next day's first tick's.
 */
const LOOK_AGAIN_MS = 3 * HOUR_MS;

/** Looks through each upload pipeline's prefix, page by page, and sends the versions without a job to intake. */
export async function takeInventory(
  query: InventoryQuery,
  ports: InventoryPorts,
): Promise<Record<string, InventoryCount>> {
  const counts: Record<string, InventoryCount> = {};
  for (const pipeline of Object.values(ports.pipelines)) {
    const { source } = pipeline;
    const state = await ports.pipelineStore.readPipeline(pipeline.name);
    const foundEarlier = await findEarlier(pipeline, state?.earlier, query, ports);
    if (source.type !== "upload") continue;
    const since = sinceOf(pipeline, source, state, ports);
    if (since === undefined) continue;
    const look = {
      prefix: source.prefix,
      since,
      from: fromOf(query, state?.lookedUntil),
      isWork: (version: ObjectVersion) => isWorkOf(pipeline, version, ports.pipelines),
    };
    const count = await countPipeline(pipeline, look, query, ports);
    count.sent += foundEarlier;
    counts[pipeline.name] = count;
    const until = new Date(Math.min(query.asOf.getTime(), ports.clock.now().getTime()));
    await ports.pipelineStore.noteLooked(pipeline.name, until.toISOString());
  }
  return counts;
}

/** Where to look, from when objects are work and from when they may be new, in milliseconds. */
interface Look {
  readonly prefix: string;
  readonly since: number;
  readonly from: number;
  readonly isWork: (version: ObjectVersion) => boolean;
  /** The pipeline that its event has to name, for the key does not tell it any more. */
  readonly named?: string;
}

/**
 * What was uploaded before a deploy changed where the pipeline's uploads lie, and has no job: its event came late, or never. No task may
 * read it any more, most likely; then its job says so. @returns how many were sent to intake
 */
async function findEarlier(
  pipeline: Pipeline,
  earlier: EarlierUploads | undefined,
  query: InventoryQuery,
  ports: InventoryPorts,
): Promise<number> {
  if (earlier === undefined) return 0;
  const { prefix } = earlier;
  const source = pipeline.source.type === "upload" ? pipeline.source : ({ type: "upload" } as const);
  const then = { [pipeline.name]: { ...pipeline, source: { ...source, prefix } } };
  const until = Date.parse(earlier.until);
  const look = {
    prefix,
    since: wholeSeconds(earlier.since),
    from: fromOf({ ...query, full: false }, earlier.lookedUntil),
    isWork: (version: ObjectVersion) =>
      Date.parse(version.lastModified) <= until && isWorkOf(pipeline, version, then),
    named: pipeline.name,
  };
  const { sent } = await countPipeline(pipeline, look, query, ports);
  if (query.asOf.getTime() >= until + LOOK_AGAIN_MS)
    await ports.pipelineStore.forgetEarlier(pipeline.name, earlier);
  return sent;
}

/** From when objects are work, in milliseconds; undefined for a pipeline that no deploy has introduced yet, or not with this prefix. */
function sinceOf(
  pipeline: Pipeline,
  source: UploadSource,
  state: PipelineState | undefined,
  ports: InventoryPorts,
): number | undefined {
  if (source.backfill === true) return Number.NEGATIVE_INFINITY;
  if (state === undefined || (state.prefix ?? source.prefix) !== source.prefix) {
    ports.log.warn("No deploy has introduced this pipeline and its prefix yet; its objects wait", {
      pipeline: pipeline.name,
    });
    return undefined;
  }
  return wholeSeconds(state.since);
}

/** In milliseconds. A listing tells whole seconds, rounded down. */
function wholeSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000) * 1000;
}

/** From when versions are looked at that an earlier tick may have looked at: what a tick costs follows from what is new. */
function fromOf({ asOf, full }: InventoryQuery, lookedUntil: string | undefined): number {
  const isFirstOfTheDay = lookedUntil?.slice(0, 10) !== asOf.toISOString().slice(0, 10);
  if (full === true || lookedUntil === undefined || isFirstOfTheDay) return Number.NEGATIVE_INFINITY;
  return Math.min(Date.parse(lookedUntil), asOf.getTime()) - LOOK_AGAIN_MS;
}

async function countPipeline(
  pipeline: Pipeline,
  look: Look,
  query: InventoryQuery,
  ports: InventoryPorts,
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
  { count, since, from, isWork, named }: Look & { readonly count: InventoryCount },
  query: InventoryQuery,
  ports: InventoryPorts,
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
    const missing = await withoutJob(pipeline, candidates, ports);
    const orderOf = pipeline.onOverwrite === "newest-only" ? ordersIn(page.filter(isWork)) : () => undefined;
    await ports.intake.send(missing.map((version) => uploadCreatedEvent(version, orderOf(version), named)));
    count.sent += missing.length;
    count.known += candidates.length - missing.length;
  }
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
