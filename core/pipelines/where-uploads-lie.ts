import type { EarlierUploads, PipelineState } from "../ports/pipeline-store.ts";
import { sameValue } from "../same-value.ts";
import type { Uploads } from "./pipeline.ts";

/** What of a pipeline's state a deploy decides. */
export type UploadsState = Pick<PipelineState, "since" | "uploads" | "earlier" | "lookedUntil" | "pending">;

/** Who goes back so soon has not left: his deploy was rolled back. */
const ROLLED_BACK_WITHIN_MS = 60 * 60_000;
/** Each is forgotten some hours later; more deploys than that in those hours move no pipeline. */
const MOST_EARLIER = 10;

/**
 * The state of a pipeline whose uploads lie there from a deploy on; undefined where it says so already. Under another prefix than before
 * objects count from `since`, for older files there are no work; what was uploaded under the one before until `until` is still to be
 * found, should its event come late or never. Who goes back, as a deploy does that is rolled back, goes on where he was.
 * @param deploy.since ISO 8601, its beginning
 * @param deploy.until ISO 8601, now
 */
export function whereUploadsLie(
  state: UploadsState,
  uploads: Uploads,
  deploy: { readonly since: string; readonly until: string },
): UploadsState | undefined {
  const before = state.uploads;
  if (before !== undefined && before.prefix !== uploads.prefix) return moved(state, before, uploads, deploy);
  // Sweep of the new code came before the end of the deploy.
  const isTooLate = before !== undefined && state.since > deploy.since;
  if (!isTooLate && state.pending !== true && sameValue(before, uploads)) return undefined;
  return { ...uploadsState(state), uploads, since: isTooLate ? deploy.since : state.since };
}

/** Without the places where nothing can be missing any more; undefined where there is none of them. */
export function withoutPast(
  state: UploadsState,
  isPast: (earlier: EarlierUploads) => boolean,
): UploadsState | undefined {
  const { earlier = [], pending } = state;
  const left = earlier.filter((each) => !isPast(each));
  if (left.length === earlier.length) return undefined;
  const { earlier: _, ...rest } = uploadsState(state);
  return {
    ...rest,
    ...(left.length === 0 ? {} : { earlier: left }),
    ...(pending === undefined ? {} : { pending }),
  };
}

/** Nothing else of the pipeline's state; and not that it is pending. */
function uploadsState({ since, uploads, earlier, lookedUntil }: UploadsState): UploadsState {
  return {
    since,
    ...(uploads === undefined ? {} : { uploads }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(lookedUntil === undefined ? {} : { lookedUntil }),
  };
}

function moved(
  { since, lookedUntil, earlier = [] }: UploadsState,
  before: Uploads,
  uploads: Uploads,
  deploy: { readonly since: string; readonly until: string },
): UploadsState {
  const looked = lookedUntil === undefined ? {} : { lookedUntil };
  const left = before.prefix === "" ? [] : [{ ...before, since, until: deploy.until, ...looked }];
  const back = earlier.find((each) => isBackAt(each, uploads, deploy.until));
  const others = [...earlier.filter((each) => each !== back), ...left].slice(-MOST_EARLIER);
  return {
    since: back?.since ?? deploy.since,
    uploads,
    ...(back?.lookedUntil === undefined ? {} : { lookedUntil: back.lookedUntil }),
    ...(others.length === 0 ? {} : { earlier: others }),
  };
}

function isBackAt({ prefix, until }: EarlierUploads, uploads: Uploads, now: string): boolean {
  return prefix === uploads.prefix && Date.parse(now) - Date.parse(until) < ROLLED_BACK_WITHIN_MS;
}
