import type { Random } from "../engine/random.ts";

/** What an object is like, and so what becomes of the work at it. */
export type Nature =
  | "good"
  /** Its own fault: BadInput. */
  | "bad"
  /** Asks for another try, once. */
  | "flaky"
  /** Kills its task. */
  | "poison"
  /** Takes all memory. */
  | "hog"
  /** Never ends by itself. */
  | "endless";

const SHARES: readonly (readonly [Nature, number])[] = [
  ["bad", 0.05],
  ["flaky", 0.04],
  ["poison", 0.015],
  ["hog", 0.01],
  ["endless", 0.01],
];

export function drawNature(random: Random): Nature {
  let draw = random.next();
  for (const [nature, share] of SHARES) {
    if (draw < share) return nature;
    draw -= share;
  }
  return "good";
}
