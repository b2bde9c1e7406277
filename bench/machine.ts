import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";

/** What figures are worth nothing without. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly node: string;
  /** Mean number of processes that ran or wanted to, over the last minute. */
  readonly load: number;
}

export function machineNow(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    node: process.version,
    load: loadavg()[0] ?? 0,
  };
}

/** What a process holds in memory, without its children. */
export function residentMiB(pid: number | undefined): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid ?? "self"}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}
