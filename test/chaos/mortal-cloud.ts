import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { descendantsOf, listProcesses, type SeenProcess, stillAlive } from "./processes.ts";

/** Lambda processes and tasks have this long to be gone after their cloud. */
const ORPHANS_GONE_MS = 10_000;
const START_MS = 60_000;
const KEPT_LINES = 2_000;

/** A local cloud as a process of its own, which may be killed and started again on the same folder and port. */
export class MortalCloud implements AsyncDisposable {
  /** What it said on standard error, all its lives together. */
  readonly said: string[] = [];
  /** Processes that outlived it. */
  readonly orphans: SeenProcess[] = [];
  /** From the start of the process to its endpoint, each time. */
  readonly startsMs: number[] = [];
  readonly #dataDir: string;
  #child: ChildProcess | undefined;
  #endpoint: string | undefined;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  get endpoint(): string {
    if (this.#endpoint === undefined) throw new Error("The cloud was never started.");
    return this.#endpoint;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it, or starts it again where it was. @throws Error with what it said, where it does not come up */
  async start(): Promise<void> {
    const from = performance.now();
    const port = this.#endpoint === undefined ? "0" : new URL(this.#endpoint).port;
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "cloud-process.ts"), this.#dataDir, port],
      // In a group of its own: a Ctrl-C at the terminal ends the one who started it, who ends it.
      { stdio: ["pipe", "pipe", "pipe"], detached: true },
    );
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.#note(text));
    child.stdin.on("error", () => undefined);
    const came = once(child.stdout, "data", { signal: AbortSignal.timeout(START_MS) }).then(([data]) =>
      String(data).trim(),
    );
    const ended = once(child, "exit").then(() => undefined);
    const endpoint = await Promise.race([came, ended]);
    if (endpoint === undefined) {
      throw new Error(`The cloud did not start:\n${this.said.slice(-20).join("\n")}`);
    }
    this.#endpoint = endpoint;
    this.startsMs.push(performance.now() - from);
  }

  /** SIGKILL, then a look at what it leaves behind. It is held first, so that nothing is born between the look and the end. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const exited = once(child, "exit");
    process.kill(child.pid, "SIGSTOP");
    const children = descendantsOf(child.pid, await listProcesses());
    process.kill(child.pid, "SIGKILL");
    await exited;
    await this.#expectGone(children);
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const children = descendantsOf(child.pid, await listProcesses());
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
    await this.#expectGone(children);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** A control of the cloud, e.g. ("clock", "advance", {milliseconds: 1000}). */
  async control(service: string, name: string, input: unknown = {}): Promise<unknown> {
    const body = JSON.stringify(input);
    const response = await fetch(`${this.endpoint}/_cloud/${service}/${name}`, { method: "POST", body });
    if (!response.ok) throw new Error(`${service}/${name}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async #expectGone(children: readonly SeenProcess[]): Promise<void> {
    const deadline = performance.now() + ORPHANS_GONE_MS;
    let left = await stillAlive(children);
    while (left.length > 0 && performance.now() < deadline) {
      await sleep(100);
      left = await stillAlive(left);
    }
    this.orphans.push(...left);
  }

  #note(text: string): void {
    this.said.push(...text.split("\n").filter((line) => line.trim() !== ""));
    this.said.splice(0, this.said.length - KEPT_LINES);
  }
}
