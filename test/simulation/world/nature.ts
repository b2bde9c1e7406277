import type { Random } from "../engine/random.ts";

/** What an object is like, and so what becomes of the work at it. */
export type Nature =
  | "good"
  /** Its own fault: BadInput. */
  | "bad"
  /** The same, in words that no other has. */
  | "odd"
  /** Asks for another try, once. */
  | "flaky"
  /** Kills its task. */
  | "poison"
  /** Takes all memory, however much there is. */
  | "hog"
  /** Needs more memory than a task of its pipeline usually has. */
  | "large"
  /** Never ends by itself. */
  | "endless"
  /** Larger than any task's disk. */
  | "huge";

/** What a task says of a bad file. */
export const BAD_FILE = "The file is no picture.";

/** What it calls an odd one: the name's last number, in letters. */
export function oddWord(key: string): string {
  const number = Number(/(\d+)\D*$/.exec(key)?.[1] ?? 0);
  return String.fromCharCode("a".charCodeAt(0) + (number % 26)).repeat(8);
}

const SHARES: readonly (readonly [Nature, number])[] = [
  ["bad", 0.05],
  ["flaky", 0.04],
  ["poison", 0.015],
  ["hog", 0.01],
  ["large", 0.015],
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
