import { randomBytes } from "node:crypto";
import type { Chance, Clock } from "#core/ports/clock.ts";

export const systemClock: Clock = { now: () => new Date() };

/** Run ids sort by time: milliseconds in base 36, then 80 bits of chance. */
export const systemChance: Chance = {
  random: () => Math.random(),
  runId: (now) => `${now.getTime().toString(36).padStart(9, "0")}-${randomBytes(10).toString("hex")}`,
};
