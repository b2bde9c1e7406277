import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

/** A process that forks while it is looked for may be missed once, and hardly this often. */
const MAX_ROUNDS = 20;
const ROUND_MS = 5;

/** What tells a container's processes from all others. */
export interface Belonging {
  /** The number of its first process. */
  readonly leader: number;
  /** A variable of its environment, with a value that no other container has. */
  readonly variable: { readonly name: string; readonly value: string };
}

/**
 * Ends what a container left behind outside of its process group (a daemon, `setsid`, a detached child), as the kernel does where
 * the first process of a real container ends. Linux only: elsewhere the environment of a process cannot be read.
 */
export async function endStragglers({ leader, variable }: Belonging): Promise<void> {
  if (process.platform !== "linux") return;
  const entry = `${variable.name}=${variable.value}`;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const candidates = begunAfter(leader).map((pid) => ({ pid, environment: environmentOf(pid) }));
    const found = candidates.filter(({ environment }) => environment.split("\0").includes(entry));
    for (const { pid } of found) kill(pid);
    const isSettled = candidates.every(({ pid, environment }) => environment !== "" || !isBeginning(pid));
    if (found.length === 0 && isSettled) return;
    await pause(ROUND_MS);
  }
}

/**
 * Numbers are given in a circle, and the last field of loadavg is the newest: most processes of the machine need no look.
 * https://man7.org/linux/man-pages/man5/proc_loadavg.5.html
 */
function begunAfter(leader: number): number[] {
  const newest = Number(readFileSync("/proc/loadavg", "latin1").trim().split(" ").at(-1));
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return newest >= leader
    ? pids.filter((pid) => pid > leader && pid <= newest)
    : pids.filter((pid) => pid > leader || pid <= newest);
}

/** In the middle of `exec` a process has its program and no environment yet; the kernel's own, and those that ended, have neither. */
const isBeginning = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);

/** Empty for a process of somebody else, and for one that has ended. */
function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
