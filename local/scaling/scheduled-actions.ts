import { z } from "zod";
import { parseSchedule, type Schedule } from "../events/schedules/schedule.ts";
import { inTimeZone } from "../scheduler/zoned-schedule.ts";
import { targetKey, validation, type ScalableTarget, type ScheduledAction } from "./model.ts";
import type { Scaler } from "./scaler.ts";
import type { ScalingStore } from "./scaling-store.ts";

export const scheduledActionInput = targetKey.extend({
  ScheduledActionName: z.string().min(1).max(256),
  Schedule: z.string().min(1),
  Timezone: z.string().default("UTC"),
  /** Seconds since 1970. */
  StartTime: z.number().optional(),
  EndTime: z.number().optional(),
  ScalableTargetAction: z
    .object({ MinCapacity: z.int().optional(), MaxCapacity: z.int().optional() })
    .default({}),
});

/** @throws AwsError ValidationException */
export function firstDue(action: ScheduledAction, now: number): number | undefined {
  const from = Math.max(now, action.startTime ?? 0);
  try {
    const next = scheduleOf(action).next(from);
    return next === undefined || next > (action.endTime ?? Infinity) ? undefined : next;
  } catch (error) {
    if (error instanceof RangeError)
      throw validation(`Invalid schedule ${action.schedule} in ${action.timezone}: ${error.message}`);
    throw error;
  }
}

/** @throws RangeError that says what is wrong */
function scheduleOf({ schedule, timezone }: ScheduledAction): Schedule {
  if (schedule.startsWith("rate(")) return parseSchedule(schedule);
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(schedule)?.[1];
  if (at === undefined) return inTimeZone(parseSchedule(schedule), timezone);
  const wall = Date.parse(`${at}Z`);
  return inTimeZone({ next: (after) => (wall > after ? wall : undefined) }, timezone);
}

/** Gives targets the bounds whose time has come. */
export function runDueActions(store: ScalingStore, scaler: Scaler, now: number): void {
  for (const action of store.scheduled) {
    if (action.dueAt === undefined || action.dueAt > now) continue;
    const next = action.schedule.startsWith("at(") ? undefined : firstDue(action, now);
    if (next === undefined) delete action.dueAt;
    else action.dueAt = next;
    const target = store.target(action);
    if (target !== undefined && !target.suspended.ScheduledScalingSuspended) apply(action, target, scaler);
    store.save();
  }
}

function apply({ action, name }: ScheduledAction, target: ScalableTarget, scaler: Scaler): void {
  if (action.MinCapacity !== undefined) target.min = action.MinCapacity;
  if (action.MaxCapacity !== undefined) target.max = action.MaxCapacity;
  scaler.keepBounds(target, (bound) => {
    const to = bound === "minimum" ? target.min : target.max;
    return `${bound} capacity was set to ${to} while scheduled action name ${name} was executed`;
  });
}
