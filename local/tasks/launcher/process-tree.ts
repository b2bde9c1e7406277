import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";

/** Resident bytes of each process group's leader and all its descendants, by the leader's number. */
export async function residentBytes(leaders: readonly number[]): Promise<Map<number, number>> {
  if (process.platform === "linux") return new Map(leaders.map((pid) => [pid, linuxTree(pid)]));
  return psTrees(leaders);
}

function linuxTree(pid: number): number {
  let bytes = 0;
  const waiting = [pid];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    bytes += linuxResident(next);
    waiting.push(...linuxChildren(next));
  }
  return bytes;
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
