import { type Pipeline, uploadsOf } from "#core/pipelines/pipeline.ts";
import { underPrefix } from "#core/pipelines/where-uploads-lie.ts";
import type { PipelineStore } from "#core/ports/pipeline-store.ts";

/**
 * Writes down where a pipeline's uploads lie, once a deploy has said so. Who loses to another writer leaves it to the next tick of sweep.
 * @param since when the deploy began
 */
export async function notePrefix(
  pipeline: Pipeline,
  { since, now }: { readonly since: Date; readonly now: Date },
  store: Pick<PipelineStore, "readPipeline" | "moveUploads">,
): Promise<void> {
  const state = await store.readPipeline(pipeline.name);
  if (state === undefined) return;
  const { prefix } = uploadsOf(pipeline);
  const moved = underPrefix(state, { prefix, since: since.toISOString(), until: now.toISOString() });
  if (moved !== undefined) await store.moveUploads(state, moved);
}
