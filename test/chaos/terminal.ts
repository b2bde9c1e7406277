import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PROJECT_DIR } from "../../cli/running-cloud.ts";
import { descendantsOf, listProcesses, type SeenProcess, stillAlive } from "./processes.ts";

const GONE_MS = 20_000;

/** A command of ours as at a terminal: in a process group of its own, which Ctrl-C reaches as a whole. */
export class Terminal implements AsyncDisposable {
  /** All that it printed, on both streams. */
  said = "";
  readonly exited: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;

  /** @param command e.g. ["cli/start.ts", "--port", "0"] @param temporary its folder for temporary files */
  constructor(command: readonly string[], temporary: string) {
    const [file = "", ...args] = command;
    this.#child = spawn(process.execPath, [join(PROJECT_DIR, file), ...args], {
      cwd: PROJECT_DIR,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.said += text));
    }
    this.exited = once(this.#child, "close").then(
      ([code, signal]) => (code ?? signal) as number | NodeJS.Signals,
    );
  }

  /** Waits until it has printed this. @throws Error with what it printed, where it ends before */
  async shows(what: RegExp): Promise<RegExpExecArray> {
    const state = { isOver: false };
    void this.exited.then(() => (state.isOver = true));
    for (;;) {
      const match = what.exec(this.said);
      if (match !== null) return match;
      if (state.isOver) throw new Error(`It ended without ${String(what)}:\n${this.said}`);
      await sleep(50);
    }
  }

  /** It and everything that it has started, as far as that lives. */
  async family(): Promise<SeenProcess[]> {
    const all = await listProcesses();
    const pid = this.#child.pid ?? 0;
    return [...all.filter((one) => one.pid === pid), ...descendantsOf(pid, all)];
  }

  /** Ends it where the test did not: nothing of it may outlive the test. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) this.strike("SIGINT");
    await this.exited;
  }

  /** Ctrl-C, or the end of power. */
  strike(signal: "SIGINT" | "SIGKILL"): void {
    const pid = this.#child.pid ?? 0;
    process.kill(signal === "SIGINT" ? -pid : pid, signal);
  }
}

/** Those of the processes that live on, after a while to end in. */
export async function survivors(family: readonly SeenProcess[]): Promise<string[]> {
  const deadline = performance.now() + GONE_MS;
  for (;;) {
    const left = await stillAlive(family);
    if (left.length === 0 || performance.now() > deadline) return left.map(({ command }) => command);
    await sleep(100);
  }
}
