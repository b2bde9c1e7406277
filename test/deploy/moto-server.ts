import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const START_TIMEOUT_MS = 60_000;

/** Somebody else's AWS, as a process of ours on a free port of 127.0.0.1. */
export class MotoServer implements AsyncDisposable {
  readonly endpoint: string;
  readonly #process: ChildProcess;
  readonly #said: string[];

  private constructor(endpoint: string, process: ChildProcess, said: string[]) {
    this.endpoint = endpoint;
    this.#process = process;
    this.#said = said;
  }

  /** @returns undefined where moto_server is not installed */
  static async start(): Promise<MotoServer | undefined> {
    const port = await freePort();
    const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
    try {
      await once(child, "spawn");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    const moto = new MotoServer(`http://127.0.0.1:${port}`, child, said);
    await moto.#answers();
    return moto;
  }

  /** What went wrong inside of moto, in its own words. */
  get troubles(): string {
    const lines = this.#said.join("").split("\n");
    return lines.filter((line) => /Error|Exception| 500 /.test(line)).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, "exit");
    this.#process.kill();
    await ended;
  }

  async #answers(): Promise<void> {
    const until = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < until && this.#process.exitCode === null) {
      const there = await fetch(this.endpoint).then(
        () => true,
        () => false,
      );
      if (there) return;
      await pause(200);
    }
    await this[Symbol.asyncDispose]();
    throw new Error(`moto_server did not come up:\n${this.#said.join("")}`);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
