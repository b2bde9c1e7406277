import type { Verdict } from "../classification/failure.ts";
import type { Flight, Run } from "../runs/run.ts";

/*
 * Where there is less room than the caps say: no free address in the subnets, a quota that is used up, no capacity. Who only tries again
 * fails again, so the tasks at once are kept to what had room, and a few more are tried as time goes by: after 15 seconds one, then
 * two, four and so on every half minute, until the caps count again. A failure among those begins anew and waits twice as long.
 */

export interface LaunchHold {
  /** Tasks at once that had room when a launch failed. */
  readonly ceiling: number;
  /** Of the item when this was learned: what was planned by an earlier one, and fails later, says nothing new. */
  readonly revision: number;
  /** ISO 8601: from then on more are tried. */
  readonly until: string;
  /** How often it began anew. */
  readonly level: number;
}

/** One small item of the stage, written only when a launch fails for want of room. */
export interface LaunchHolds {
  /** By scope (holdScopeOf). */
  readonly holds: Readonly<Record<string, LaunchHold>>;
  /** Rises by one with each write. */
  readonly revision: number;
}

/** All pipelines: they share the subnets. No pipeline can have that name. */
export const EVERY_PIPELINE = "*";

const FIRST_WAIT_MS = 15_000;
const MOST_LEVEL = 5;
const STEP_MS = 30_000;
/** Twice as many more with each step: after so many the caps count again. */
const OVER_AFTER_MS = 10 * STEP_MS;

/** For whom a failed launch shows that there is no room; undefined where it shows nothing of the kind. */
export function holdScopeOf(
  run: Pick<Run, "pipeline" | "spot">,
  verdict: Pick<Verdict, "class" | "retry">,
): string | undefined {
  // What lacks an address waits longer; other trouble with the network does not.
  if (verdict.class === "network" && verdict.retry === "later") return EVERY_PIPELINE;
  if (verdict.class !== "capacity") return undefined;
  return run.spot ? spotScope(run.pipeline) : run.pipeline;
}

/** Where Spot has no room the pipeline goes on demand meanwhile. */
export function spotScope(pipeline: string): string {
  return `${pipeline}/spot`;
}

/** The tasks at once that a scope may have now. */
export function heldTo(standing: LaunchHolds | undefined, scope: string, now: Date): number {
  const hold = standing?.holds[scope];
  if (hold === undefined) return Number.POSITIVE_INFINITY;
  const ms = msSince(hold, now);
  if (ms >= OVER_AFTER_MS) return Number.POSITIVE_INFINITY;
  return ms < 0 ? hold.ceiling : hold.ceiling + 2 ** Math.floor(ms / STEP_MS);
}

/** Whether nothing more is tried yet. */
export function isHeld(standing: LaunchHolds | undefined, scope: string, now: Date): boolean {
  const hold = standing?.holds[scope];
  return hold !== undefined && msSince(hold, now) < 0;
}

/** When the scope may have more tasks than now; undefined where nothing holds it. */
export function moreFrom(standing: LaunchHolds | undefined, scope: string, now: Date): Date | undefined {
  const hold = standing?.holds[scope];
  if (hold === undefined) return undefined;
  const ms = msSince(hold, now);
  if (ms >= OVER_AFTER_MS) return undefined;
  const steps = Math.max(0, Math.floor(ms / STEP_MS) + 1);
  return new Date(now.getTime() - ms + steps * STEP_MS);
}

/** @returns the holds as they shall be after a launch of the run failed for want of room; undefined where that is no news */
export function learnHold(
  standing: LaunchHolds | undefined,
  failed: {
    scope: string;
    run: Pick<Run, "runId" | "pipeline" | "createdAt" | "holdsRevision">;
    flights: readonly Flight[];
  },
  now: Date,
): LaunchHolds | undefined {
  const { scope, run, flights } = failed;
  const known = standing?.holds[scope];
  const inForce = known === undefined || isOver(known, now) ? undefined : known;
  if (inForce !== undefined && (run.holdsRevision ?? 0) < inForce.revision) return undefined;
  const level = inForce === undefined ? 0 : Math.min(MOST_LEVEL, inForce.level + 1);
  const revision = (standing?.revision ?? 0) + 1;
  const hold: LaunchHold = {
    // Those before it found room.
    ceiling: flights.filter(
      (flight) =>
        flight.runId !== run.runId &&
        flight.createdAt < run.createdAt &&
        (scope === EVERY_PIPELINE || flight.pipeline === run.pipeline),
    ).length,
    revision,
    until: new Date(now.getTime() + FIRST_WAIT_MS * 2 ** level).toISOString(),
    level,
  };
  const others = Object.entries(standing?.holds ?? {}).filter(([, other]) => !isOver(other, now));
  return { holds: { ...Object.fromEntries(others), [scope]: hold }, revision };
}

function isOver(hold: LaunchHold, now: Date): boolean {
  return msSince(hold, now) >= OVER_AFTER_MS;
}

/** Since more are tried; negative as long as none are. */
function msSince({ until }: LaunchHold, now: Date): number {
  return now.getTime() - Date.parse(until);
}
