import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

interface Times {
  readonly parent: number;
  readonly seconds: number;
}

/**
 * Seconds of processor time that a process and all its descendants have used so far, those that have ended included. Where other
 * programs share the machine this says more than the clock on the wall.
 * @returns undefined where there is no /proc
 */
export function cpuSecondsOf(pid: number): number | undefined {
  if (process.platform !== "linux") return undefined;
  const living = new Map<number, Times>();
  for (const name of readdirSync("/proc")) {
    const times = /^\d+$/.test(name) ? timesOf(name) : undefined;
    if (times !== undefined) living.set(Number(name), times);
  }
  const isOurs = (id: number): boolean =>
    id === pid || (living.has(id) && isOurs(living.get(id)?.parent ?? 0));
  return [...living].filter(([id]) => isOurs(id)).reduce((sum, [, { seconds }]) => sum + seconds, 0);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function timesOf(pid: string): Times | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, parent = 0, ...rest] = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const ticks = rest.slice(9, 13).reduce((sum, value) => sum + value, 0);
    return { parent, seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return undefined;
  }
}
