import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FromRivals } from "./rival-child.ts";

/** fauxqs and dynalite as they come, in one process of their own. */
export async function startRivals(): Promise<FromRivals & AsyncDisposable> {
  const dataDir = mkdtempSync(join(tmpdir(), "slipway-bench-rivals-"));
  const child = fork(join(import.meta.dirname, "rival-child.ts"), [dataDir], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [addresses] = (await once(child, "message")) as [FromRivals];
  return {
    ...addresses,
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
