import {
  isWorkFor,
  type Pipeline,
  type Pipelines,
  pipelineOfKey,
  type UploadSource,
} from "#core/pipelines/pipeline.ts";
import { withoutPast } from "#core/pipelines/where-uploads-lie.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { Log } from "#core/ports/log.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";
import type { EarlierUploads, PipelineState, PipelineStore } from "#core/ports/pipeline-store.ts";
import {
  type CountPorts,
  countPipeline,
  type CountQuery,
  type InventoryCount,
  type Look,
} from "./count-uploads.ts";

export interface InventoryPorts extends CountPorts {
  readonly pipelineStore: Pick<PipelineStore, "readPipeline" | "noteLooked" | "moveUploads">;
  readonly clock: Clock;
  readonly log: Log;
  readonly pipelines: Pipelines;
}

export interface InventoryQuery extends CountQuery {
  /** Looks at what earlier ticks have looked at too; the first tick of a day does so by itself. */
  readonly full?: boolean;
}

const HOUR_MS = 3_600_000;
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
    const foundEarlier = await findEarlier(pipeline, state, query, ports);
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

/**
 * What was uploaded before deploys changed where the pipeline's uploads lie, and has no job: its event came late, or never. No task may
 * read it any more, most likely; then its job says so. @returns how many were sent to intake
 */
async function findEarlier(
  pipeline: Pipeline,
  state: PipelineState | undefined,
  query: InventoryQuery,
  ports: InventoryPorts,
): Promise<number> {
  let found = 0;
  for (const earlier of state?.earlier ?? []) {
    const { sent } = await countPipeline(pipeline, lookAtEarlier(pipeline, earlier, ports), query, ports);
    found += sent;
  }
  const now = query.asOf.getTime();
  const isPast = ({ until }: EarlierUploads) => now >= Date.parse(until) + LOOK_AGAIN_MS;
  const left = state === undefined ? undefined : withoutPast(state, isPast);
  if (state !== undefined && left !== undefined) await ports.pipelineStore.moveUploads(state, left);
  return found;
}

function lookAtEarlier(pipeline: Pipeline, earlier: EarlierUploads, { pipelines }: InventoryPorts): Look {
  const { since, until, lookedUntil, ...uploads } = earlier;
  const before = { ...pipeline, source: { type: "upload", ...uploads } } as const;
  return {
    prefix: uploads.prefix,
    since: wholeSeconds(since),
    from: lookedUntil === undefined ? Number.NEGATIVE_INFINITY : Date.parse(lookedUntil) - LOOK_AGAIN_MS,
    isWork: (version) =>
      Date.parse(version.lastModified) <= Date.parse(until) && isWorkOf(before, version, { before }),
    named: pipeline.name,
    // The deploy may have given the place to another pipeline, which has taken what came while it went on.
    othersWith: ({ key }) => pipelineOfKey(pipelines, key)?.name,
  };
}

/** From when objects are work, in milliseconds; undefined for a pipeline that no deploy has introduced yet, or not with this prefix. */
function sinceOf(
  pipeline: Pipeline,
  source: UploadSource,
  state: PipelineState | undefined,
  ports: InventoryPorts,
): number | undefined {
  if (source.backfill === true) return Number.NEGATIVE_INFINITY;
  if (state === undefined || (state.uploads ?? source).prefix !== source.prefix) {
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

/** As intake decides it. */
function isWorkOf(pipeline: Pipeline, { key, sizeBytes }: ObjectVersion, pipelines: Pipelines): boolean {
  return pipelineOfKey(pipelines, key)?.name === pipeline.name && isWorkFor(pipeline, { key, sizeBytes });
}
