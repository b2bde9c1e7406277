import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";

/** Resident bytes of each process group's leader and all its descendants, by the leader's number. */
export async function residentBytes(leaders: readonly number[]): Promise<Map<number, number>> {
  if (process.platform === "linux")
    return new Map(leaders.map((pid) => [pid, linuxTree(pid, linuxResident)]));
  return psTrees(leaders);
}

/**
 * Bytes that the kernel would charge a container for and could not take back: what several processes of a tree share, as after
 * a fork, counts once, and pages of files not at all. Dearer to ask for than the resident bytes, which are never less.
 * https://docs.kernel.org/filesystems/proc.html (smaps_rollup); elsewhere than on Linux, the resident bytes.
 */
export async function chargedBytes(leader: number): Promise<number> {
  if (process.platform === "linux") return linuxTree(leader, linuxCharged);
  return (await psTrees([leader])).get(leader) ?? 0;
}

function linuxTree(pid: number, bytesOf: (pid: number) => number): number {
  let bytes = 0;
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    bytes += bytesOf(next);
    waiting.push(...linuxChildren(next));
  }
  return bytes;
}

/** A kernel without these figures (before 5.4, or in a sandbox) leaves the resident bytes. */
function linuxCharged(pid: number): number {
  const rollup = readOrEmpty(`/proc/${pid}/smaps_rollup`);
  const kib = [...rollup.matchAll(/^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB/gm)];
  if (kib.length === 0) return linuxResident(pid);
  return kib.reduce((sum, [, figure]) => sum + Number(figure) * 1024, 0);
}

function linuxResident(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) * 1024;
}

function linuxChildren(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readOrEmpty(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** A process may end between being listed and being read. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

async function psTrees(leaders: readonly number[]): Promise<Map<number, number>> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,rss="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const total = (pid: number): number =>
    rows.reduce((sum, [id = 0, parent, kib = 0]) => {
      if (id === pid) return sum + kib * 1024;
      return parent === pid ? sum + total(id) : sum;
    }, 0);
  return new Map(leaders.map((pid) => [pid, total(pid)]));
}
