import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployLocal } from "../cli/deploy-local.ts";
import type { FromCloud } from "./cloud-child.ts";
import { residentMiB } from "./machine.ts";
import { cpuSecondsOf } from "./process-cpu.ts";

/** A throw-away local cloud in a process of its own, as `npm start` has it (also what earlier starts have compiled), so that it shares no event loop with its clients. */
export interface BenchCloud extends AsyncDisposable {
  readonly endpoint: string;
  /** From the start of the process to the first request that it can answer. */
  readonly startSeconds: number;
  /** Runs the real deploy. @returns how many seconds it took */
  deploy(): Promise<number>;
  /** Processor time of the cloud with its functions and tasks so far; undefined where the system does not tell. */
  cpuSeconds(): number | undefined;
  /** Resident memory of the cloud's process, without its functions and tasks. */
  residentMiB(): number;
}

export async function startBenchCloud(): Promise<BenchCloud> {
  const dataDir = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const from = performance.now();
  const child = fork(join(import.meta.dirname, "cloud-child.ts"), [dataDir], {
    execArgv: ["--import", join(import.meta.dirname, "..", "cli", "compile-cache.ts")],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const endpoint = await endpointOf(child);
  const startSeconds = (performance.now() - from) / 1000;
  return {
    endpoint,
    startSeconds,
    async deploy() {
      const deployFrom = performance.now();
      await deployLocal(endpoint, () => undefined, AbortSignal.timeout(300_000));
      return (performance.now() - deployFrom) / 1000;
    },
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    residentMiB: () => residentMiB(child.pid),
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function endpointOf(child: ChildProcess): Promise<string> {
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) =>
      Promise.reject(new Error(`The local cloud ended with ${String(code)}.`)),
    ),
  ])) as [FromCloud];
  return message.endpoint;
}
