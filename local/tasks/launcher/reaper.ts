import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("./reaper.sh", import.meta.url));

type ReaperProcess = ChildProcessByStdio<Writable, null, null>;

/**
 * Sees to it that no task outlives the cloud, even where the cloud is ended by SIGKILL: a shell of its own (1 MB) that knows
 * the tasks' process groups and ends them when its standard input closes. It starts with the first task, and again
 * where somebody ends it.
 */
export class Reaper {
  readonly #groups = new Set<number>();
  readonly #mark: () => string;
  #process: ReaperProcess | undefined;

  /** @param mark a text in the environment of every process of a task of this cloud, and of no other */
  constructor(mark: () => string) {
    this.#mark = mark;
  }

  watch(groupId: number): void {
    this.#groups.add(groupId);
    if (this.#process === undefined) this.#start();
    else this.#process.stdin.write(`+ ${groupId}\n`);
  }

  forget(groupId: number): void {
    this.#groups.delete(groupId);
    this.#process?.stdin.write(`- ${groupId}\n`);
  }

  /** Ends every process group that is still watched. */
  async close(): Promise<void> {
    const reaper = this.#process;
    this.#process = undefined;
    if (reaper === undefined) return;
    const exited = once(reaper, "exit");
    reaper.stdin.end();
    await exited;
  }

  #start(): void {
    // Detached: a Ctrl-C at the terminal reaches the cloud, which ends its tasks first, and must not end the reaper before.
    // The groups go along as arguments: a cloud that is killed in this very moment has told them all the same.
    const reaper = spawn("/bin/sh", [script, this.#mark(), ...[...this.#groups].map(String)], {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
      env: { PATH: "/usr/bin:/bin" },
    });
    // Writing to one that was just killed fails; the next one is told everything.
    reaper.stdin.on("error", () => undefined);
    reaper.once("exit", () => {
      if (this.#process !== reaper) return;
      this.#process = undefined;
      if (this.#groups.size > 0) this.#start();
    });
    this.#process = reaper;
  }
}
