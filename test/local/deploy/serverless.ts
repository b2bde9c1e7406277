import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

export interface ServerlessRun {
  readonly exitCode: number | null;
  /** stdout and stderr, as they came. */
  readonly output: string;
}

/** A service folder of its own, copied so that nothing is written into the repository. */
export class ServiceFolder {
  readonly path: string;
  readonly #endpoint: string;

  constructor(source: string, endpoint: string) {
    this.path = mkdtempSync(join(tmpdir(), "toy-service-"));
    cpSync(source, this.path, { recursive: true });
    this.#endpoint = endpoint;
  }

  /** Runs the real Serverless Framework with no more than a newcomer sets: an endpoint and any keys. */
  async serverless(...args: string[]): Promise<ServerlessRun> {
    const bin = join(import.meta.dirname, "../../../node_modules/.bin");
    const child = spawn(join(bin, "serverless"), [...args, "--stage", "local"], {
      cwd: this.path,
      env: {
        PATH: [dirname(process.execPath), bin, process.env["PATH"]].join(delimiter),
        HOME: this.path,
        AWS_ENDPOINT_URL: this.#endpoint,
        AWS_ACCESS_KEY_ID: "any",
        AWS_SECRET_ACCESS_KEY: "any",
        // How often the framework asks for the stack's events, in milliseconds; five seconds where it is not set.
        SLS_AWS_MONITORING_FREQUENCY: "100",
      },
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { exitCode, output };
  }

  delete(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
