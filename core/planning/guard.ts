import type { Pipeline } from "../pipelines/pipeline.ts";
import type { PipelinePause } from "../ports/messaging.ts";
import type { DayTally } from "../ports/pipeline-store.ts";

/** The day that a tally counts, UTC. */
export function dayOf(now: Date): string {
  return now.toISOString().slice(0, "2026-11-22".length);
}

/**
 * How many more runs the pipeline's guard allows today.
 * @param unlaunched runs that are written and not launched yet, and so not in the tally
 */
export function runsAllowed(
  { guard }: Pipeline,
  tally: DayTally | undefined,
  unlaunched: number,
  now: Date,
): number {
  if (guard?.runsPerDay === undefined) return Number.POSITIVE_INFINITY;
  const launched = tally?.day === dayOf(now) ? tally.runs : 0;
  return Math.max(0, guard.runsPerDay - launched - unlaunched);
}

/** Whether the pipeline's guard says that it is enough for today, and how it is told. */
export function guardedPause(
  { name, guard }: Pipeline,
  tally: DayTally | undefined,
  now: Date,
): PipelinePause | undefined {
  if (guard === undefined || tally?.day !== dayOf(now)) return undefined;
  const { runsPerDay, usdPerDay } = guard;
  const reason =
    runsPerDay !== undefined && tally.runs >= runsPerDay
      ? `The pipeline had ${tally.runs} runs today, and its guard allows ${runsPerDay}.`
      : usdPerDay !== undefined && tally.usd >= usdPerDay
        ? `The pipeline cost ${tally.usd.toFixed(2)} US dollars today, and its guard allows ${usdPerDay}.`
        : undefined;
  if (reason === undefined) return undefined;
  const advice = `Look why, then go on with: npx slipway resume ${name}. Its jobs wait meanwhile, and none is lost.`;
  return { pipeline: name, reason, advice, at: now.toISOString() };
}
