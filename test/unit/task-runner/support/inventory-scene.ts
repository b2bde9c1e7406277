import { readTrigger } from "#core/intake/read-trigger.ts";
import type { EarlierUploads } from "#core/ports/pipeline-store.ts";
import type { ObjectVersion } from "#core/ports/object-store.ts";
import type { Pipelines } from "#core/pipelines/pipeline.ts";
import { definePipelines } from "#core/pipelines/define-pipelines.ts";
import { takeInventory } from "#flow/take-inventory.ts";
import type { InventoryPorts } from "#flow/take-inventory.ts";
import { aJob } from "./work-bench.ts";

export const NOW = new Date("2026-11-22T20:00:00.000Z");
export const BUCKET = "uploads";

export const pipelinesWith = (backfill: boolean, onOverwrite: "process-all" | "newest-only") =>
  definePipelines({
    images: {
      source: { type: "upload", prefix: "images/", suffixes: [".jpg"], backfill, emptyFiles: "skip" },
      task: "media",
      onOverwrite,
    },
    ticks: { source: { type: "schedule", expression: "rate(1 hour)" }, task: "inventory" },
  });

export function aVersion(key: string, change: Partial<ObjectVersion> = {}): ObjectVersion {
  const lastModified = "2026-11-22T19:00:00.000Z";
  return {
    bucket: BUCKET,
    key,
    versionId: `v-${key}`,
    sizeBytes: 7,
    lastModified,
    isLatest: true,
    ...change,
  };
}

export interface Scene {
  pages: ObjectVersion[][];
  known?: string[];
  since?: string | undefined;
  /** On record; none by default. */
  prefix?: string;
  backfill?: boolean;
  onOverwrite?: "process-all" | "newest-only";
  lookedUntil?: string;
  earlier?: EarlierUploads;
  /** Beside images and ticks. */
  others?: Pipelines;
  full?: boolean;
}

/** A tick of the inventory over this scene. */
export async function take(scene: Scene) {
  const { pages, known = [], since = "2026-01-01T00:00:00.000Z", prefix, lookedUntil, earlier, full } = scene;
  const looked: string[] = [];
  const forgotten: string[] = [];
  const sent: unknown[] = [];
  const pipelines = {
    ...pipelinesWith(scene.backfill ?? false, scene.onOverwrite ?? "process-all"),
    ...scene.others,
  };
  const ports: InventoryPorts = {
    listing: {
      cuts: async () => [],
      async *listVersions({ prefix }) {
        for (const page of pages) yield page.filter(({ key }) => key.startsWith(prefix));
      },
    },
    jobs: { readJobs: async (ids) => ids.filter((id) => known.includes(id)).map((id) => aJob(id)) },
    pipelineStore: {
      readPipeline: async (pipeline) =>
        since === "never"
          ? undefined
          : {
              pipeline,
              since,
              paused: false,
              ...(prefix === undefined ? {} : { uploads: { prefix } }),
              ...(lookedUntil === undefined ? {} : { lookedUntil }),
              ...(earlier === undefined || pipeline !== "images" ? {} : { earlier: [earlier] }),
            },
      noteLooked: async (_pipeline, until) => void looked.push(until),
      moveUploads: async (before, after) => {
        const left = after.earlier ?? [];
        forgotten.push(
          ...(before.earlier ?? []).filter((each) => !left.includes(each)).map(({ prefix }) => prefix),
        );
        return true;
      },
    },
    intake: { send: async (events) => void sent.push(...events) },
    clock: { now: () => NOW },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    pipelines,
  };
  const { signal } = new AbortController();
  const counts = await takeInventory(
    {
      bucket: BUCKET,
      asOf: NOW,
      days: 7,
      settleSeconds: 120,
      signal,
      ...(full === undefined ? {} : { full }),
    },
    ports,
  );
  const context = { pipelines, uploadsBucket: BUCKET, rulePrefix: "slipway-dev-" };
  const triggers = sent.map((event) => readTrigger(event, context));
  return { counts, triggers, sent, looked, forgotten };
}
