import type { PipelineState } from "../ports/pipeline-store.ts";

/** What of a pipeline's state a deploy decides. */
export type UploadsState = Pick<PipelineState, "since" | "prefix" | "earlier" | "lookedUntil" | "pending">;

/**
 * The state of a pipeline whose uploads lie under `prefix` from a deploy on; undefined where it says so already. Under another prefix
 * than before objects count from `since`, for older files there are no work; what was uploaded under the one before until `until` is
 * still to be found, should its event come late or never. Who goes back, as a deploy does that is rolled back, goes on where he was.
 * @param uploads.since ISO 8601, the beginning of the deploy
 * @param uploads.until ISO 8601, now
 */
export function underPrefix(
  state: UploadsState,
  { prefix, since, until }: { readonly prefix: string; readonly since: string; readonly until: string },
): UploadsState | undefined {
  const { since: sinceBefore, prefix: before, earlier, lookedUntil, pending } = state;
  const looked = lookedUntil === undefined ? {} : { lookedUntil };
  const kept = { ...looked, ...(earlier === undefined ? {} : { earlier }) };
  // Nobody has written down where they lay.
  if (before === undefined) return { since: sinceBefore, prefix, ...kept };
  if (before === prefix) {
    // Sweep of the new code came before the end of the deploy, or a tick of the old one.
    const isTooLate = earlier !== undefined && sinceBefore > since;
    if (!isTooLate && pending !== true) return undefined;
    return { since: isTooLate ? since : sinceBefore, prefix, ...kept };
  }
  const left = before === "" ? {} : { earlier: { prefix: before, since: sinceBefore, until, ...looked } };
  if (earlier?.prefix === prefix) {
    const { lookedUntil: lookedThen } = earlier;
    return {
      since: earlier.since,
      prefix,
      ...(lookedThen === undefined ? {} : { lookedUntil: lookedThen }),
      ...left,
    };
  }
  return { since, prefix, ...left };
}
