import { type Pipeline, uploadsOf } from "#core/pipelines/pipeline.ts";
import { whereUploadsLie } from "#core/pipelines/where-uploads-lie.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";

/** A deploy's end and a tick of sweep may come at once, and nobody else. */
const MAX_TRIES = 5;

/**
 * Writes down where a pipeline's uploads lie, once a deploy has said so.
 * @param since when the deploy began
 */
export async function noteUploads(
  pipeline: Pipeline,
  { since, now }: { readonly since: Date; readonly now: Date },
  store: Pick<PipelineStore, "readPipeline" | "moveUploads">,
): Promise<void> {
  const deploy = { since: since.toISOString(), until: now.toISOString() };
  for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
    const state = await store.readPipeline(pipeline.name);
    if (state === undefined) return;
    const moved = whereUploadsLie(state, uploadsOf(pipeline), deploy);
    if (moved === undefined || (await store.moveUploads(state, moved))) return;
  }
}
