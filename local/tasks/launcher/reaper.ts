import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Sees to it that no task outlives the cloud, even where the cloud is ended by SIGKILL: one small process of its own that
 * knows the tasks' process groups and ends them when its standard input closes. It starts with the first task.
 */
export class Reaper {
  #process: ChildProcess | undefined;

  watch(groupId: number): void {
    this.#write(`+${groupId}\n`);
  }

  forget(groupId: number): void {
    this.#write(`-${groupId}\n`);
  }

  /** Ends every process group that is still watched. */
  async close(): Promise<void> {
    const reaper = this.#process;
    this.#process = undefined;
    if (reaper === undefined || reaper.exitCode !== null || reaper.signalCode !== null) return;
    const exited = new Promise((resolve) => reaper.once("exit", resolve));
    reaper.stdin?.end();
    await exited;
  }

  #write(line: string): void {
    this.#process ??= start();
    this.#process.stdin?.write(line);
  }
}

function start(): ChildProcess {
  // Detached: a Ctrl-C at the terminal reaches the cloud, which ends its tasks first, and must not end the reaper before.
  const reaper = spawn(process.execPath, [fileURLToPath(new URL("./reaper-process.ts", import.meta.url))], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    env: { NODE_OPTIONS: "" },
  });
  // A reaper that was killed cannot take more: the records on disk still find the orphans at the next start.
  reaper.stdin.on("error", () => undefined);
  reaper.unref();
  return reaper;
}
