import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMiB } from "./machine.ts";
import type { FromRivals } from "./rival-child.ts";

/** fauxqs and dynalite as they come, in one process of their own. */
export async function startRivals(): Promise<
  FromRivals & AsyncDisposable & { readonly startSeconds: number; readonly restMiB: number }
> {
  const dataDir = mkdtempSync(join(tmpdir(), "slipway-bench-rivals-"));
  const from = performance.now();
  const child = fork(join(import.meta.dirname, "rival-child.ts"), [dataDir], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [addresses] = (await once(child, "message")) as [FromRivals];
  return {
    ...addresses,
    startSeconds: (performance.now() - from) / 1000,
    restMiB: residentMiB(child.pid),
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
