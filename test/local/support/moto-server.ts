import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;

/** moto (https://docs.getmoto.org), where it is installed; it is not needed to work on this project. */
export function motoIsInstalled(): boolean {
  return spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status === 0;
}

/** Somebody else's AWS, as a process of ours on a free port of 127.0.0.1. */
export class MotoServer implements AsyncDisposable {
  readonly endpoint: string;
  /** From the start of the process to the first answer. */
  readonly startSeconds: number;
  readonly #process: ChildProcess;
  readonly #said: string[];

  private constructor(endpoint: string, startSeconds: number, process: ChildProcess, said: string[]) {
    this.endpoint = endpoint;
    this.startSeconds = startSeconds;
    this.#process = process;
    this.#said = said;
  }

  /** @throws Error where it does not answer within a minute */
  static async start(environment: NodeJS.ProcessEnv = {}): Promise<MotoServer> {
    const port = await freePort();
    const from = performance.now();
    const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const endpoint = `http://127.0.0.1:${port}`;
    if (await answers(endpoint, child))
      return new MotoServer(endpoint, (performance.now() - from) / 1000, child, said);
    await end(child);
    throw new Error(`moto_server did not come up:\n${said.join("")}`);
  }

  /** What went wrong inside of moto, in its own words. */
  get troubles(): string {
    const lines = this.#said.join("").split("\n");
    return lines.filter((line) => /Error|Exception| 500 /.test(line)).join("\n");
  }

  residentMiB(): number {
    const status = readFileSync(`/proc/${this.#process.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#process);
  }
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < until && !isOver(child)) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer?.ok === true) return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (isOver(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** By itself, or by a signal, as by Ctrl-C at the terminal of both. */
function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
