import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface MotoServer extends AsyncDisposable {
  readonly endpoint: string;
  /** From the start of the process to the first answer. */
  readonly startSeconds: number;
  residentMiB(): number;
}

/** moto (https://docs.getmoto.org) in a process of its own; undefined where it is not installed. */
export async function startMoto(): Promise<MotoServer | undefined> {
  if (spawnSync("moto_server", ["--help"], { stdio: "ignore" }).status !== 0) return undefined;
  const port = await freePort();
  const from = performance.now();
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  while ((await fetch(`${endpoint}/moto-api/`).catch(() => undefined)) === undefined) await sleep(20);
  return {
    endpoint,
    startSeconds: (performance.now() - from) / 1000,
    residentMiB() {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
