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
