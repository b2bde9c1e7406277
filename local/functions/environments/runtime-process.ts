import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { RuntimeApiServer, RuntimeInvocation, RuntimeOutcome } from "./runtime-api-server.ts";
import { OutputLines } from "./output-lines.ts";
import type { Warden } from "./warden.ts";
import { PeakMemory } from "./peak-memory.ts";

const BOOTSTRAP = fileURLToPath(new URL("../bootstrap/main.mjs", import.meta.url));

/** How a process ended; in Lambda's words it "exited". */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export type InitResult =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly document: Buffer }
  | { readonly kind: "exited"; readonly exit: ProcessExit };

export type RunResult =
  | { readonly kind: "finished"; readonly outcome: RuntimeOutcome }
  | { readonly kind: "exited"; readonly exit: ProcessExit };

/** One Node process that runs a function's handler, one invocation at a time. It leads a process group of its own. */
export class RuntimeProcess {
  readonly initialized: Promise<InitResult>;
  readonly exited: Promise<ProcessExit>;
  readonly memory: PeakMemory;
  readonly #child: ChildProcess;
  readonly #lines: readonly OutputLines[];
  #giveNext: ((invocation: RuntimeInvocation) => void) | undefined;
  #queued: RuntimeInvocation | undefined;
  #running: { readonly requestId: string; readonly resolve: (result: RunResult) => void } | undefined;

  constructor(options: {
    runtimeApi: RuntimeApiServer;
    warden: Warden;
    variables: Readonly<Record<string, string>>;
    taskRoot: string;
    memorySizeMb: number;
    onMessage: (message: string) => void;
  }) {
    const initialized = Promise.withResolvers<InitResult>();
    const api = options.runtimeApi.register({
      next: (answer) => {
        this.#giveNext = answer;
        initialized.resolve({ kind: "ready" });
        this.#hand();
      },
      finished: (requestId, outcome) => void this.#finish(requestId, outcome),
      initializationFailed: (document) => initialized.resolve({ kind: "failed", document }),
    });
    // The last pipe is the lifeline: it closes with the cloud, and the bootstrap leaves with it.
    this.#child = spawn(process.execPath, [...heapLimits(options.memorySizeMb), BOOTSTRAP], {
      cwd: options.taskRoot,
      env: { ...options.variables, AWS_LAMBDA_RUNTIME_API: api.address },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    });
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error("a process was started without its pipes");
    this.#lines = [new OutputLines(stdout, options.onMessage), new OutputLines(stderr, options.onMessage)];
    const release = this.#child.pid === undefined ? () => undefined : options.warden.guard(this.#child.pid);
    this.memory = new PeakMemory(this.#child.pid, options.memorySizeMb, () => this.kill());
    this.exited = new Promise((resolve) => {
      // Whatever it started ends with it, and lets go of its pipes.
      this.#child.once("exit", () => this.#killGroup());
      this.#child.once("error", () => resolve({ code: 1, signal: null }));
      this.#child.once("close", (code, signal) => resolve({ code, signal }));
    });
    void this.#afterExit((exit) => {
      api.close();
      release();
      initialized.resolve({ kind: "exited", exit });
    });
    this.initialized = initialized.promise;
  }

  async #afterExit(close: (exit: ProcessExit) => void): Promise<void> {
    const exit = await this.exited;
    this.memory.stop();
    close(exit);
    this.#running?.resolve({ kind: "exited", exit });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Also where nobody here ended it. */
  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async run(invocation: RuntimeInvocation): Promise<RunResult> {
    if (this.ended) return { kind: "exited", exit: await this.exited };
    const { promise, resolve } = Promise.withResolvers<RunResult>();
    this.#running = { requestId: invocation.requestId, resolve };
    this.#queued = invocation;
    this.#hand();
    return promise;
  }

  /** The answer counts when all that was logged before it has been read. */
  async #finish(requestId: string, outcome: RuntimeOutcome): Promise<void> {
    if (this.#running?.requestId !== requestId) return;
    const { resolve } = this.#running;
    await Promise.all(this.#lines.map((stream) => stream.endOf(requestId)));
    resolve({ kind: "finished", outcome });
  }

  /** Ends the process and whatever it started, at once. */
  kill(): void {
    if (!this.ended) this.#killGroup();
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      // Nobody is left in the group.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  #hand(): void {
    if (this.#giveNext === undefined || this.#queued === undefined) return;
    const [give, invocation] = [this.#giveNext, this.#queued];
    this.#giveNext = undefined;
    this.#queued = undefined;
    give(invocation);
  }
}

/** V8's own limits within the function's memory, as Lambda's runtime sets them, so that it collects before it is killed. */
function heapLimits(memorySizeMb: number): string[] {
  return [
    `--max-old-space-size=${Math.floor(memorySizeMb * 0.9)}`,
    `--max-semi-space-size=${Math.max(1, Math.floor(memorySizeMb * 0.05))}`,
  ];
}
