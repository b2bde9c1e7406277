import type { Random } from "#test/simulation/engine/random.ts";

/** How files come: in waves, as when somebody copies one folder after the other, with pauses between them. */
export interface Arrivals {
  readonly files: number;
  /** From the first to the last, where the pace leaves room for pauses. */
  readonly withinSeconds: number;
  /** The pace of the uploads while a wave lasts. */
  readonly filesPerSecond: number;
  /** Mean size of a wave; absent, all files come in one wave. */
  readonly filesAWave?: number;
}

/** @returns when each file has arrived, in milliseconds from the beginning, ascending */
export function arrivalTimes(arrivals: Arrivals, random: Random): number[] {
  const { files, withinSeconds, filesPerSecond } = arrivals;
  const waves = waveSizes(arrivals, random);
  const pauseSeconds = Math.max(0, withinSeconds - files / filesPerSecond);
  const shares = waves.map(() => exponential(random));
  const allShares = shares.reduce((sum, share) => sum + share, 0);
  const times: number[] = [];
  let nowMs = 0;
  waves.forEach((size, wave) => {
    // Nothing to wait for before the first: the burst begins with it.
    if (wave > 0) nowMs += (1000 * pauseSeconds * (shares[wave] ?? 0)) / allShares;
    for (let file = 0; file < size; file += 1) {
      nowMs += (1000 * exponential(random)) / filesPerSecond;
      times.push(nowMs);
    }
  });
  return times;
}

/** Folders are of all sizes: many small ones, and a few that hold most of the files. */
function waveSizes({ files, filesAWave = files }: Arrivals, random: Random): number[] {
  const sizes: number[] = [];
  for (let left = files; left > 0;) {
    const drawn = filesAWave >= files ? files : Math.ceil(filesAWave * exponential(random));
    const size = Math.min(left, Math.max(1, drawn));
    sizes.push(size);
    left -= size;
  }
  return sizes;
}

/** Mean 1. */
function exponential(random: Random): number {
  return -Math.log(1 - random.next());
}
