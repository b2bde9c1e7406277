import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chance, Clock } from "#core/ports/clock.ts";

export const systemClock: Clock = { now: () => new Date() };

export async function systemPause(milliseconds: number): Promise<void> {
  await sleep(milliseconds);
}

/** Run ids sort by time: milliseconds in base 36, then 80 bits of chance. */
export const systemChance: Chance = {
  random: () => Math.random(),
  runId: (now) => `${now.getTime().toString(36).padStart(9, "0")}-${randomBytes(10).toString("hex")}`,
};
