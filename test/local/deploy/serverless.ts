import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type FrameworkRun, runFramework } from "../../../cli/framework.ts";
import { PROJECT_DIR } from "../../../cli/running-cloud.ts";

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
  async serverless(...args: string[]): Promise<FrameworkRun> {
    const bin = join(PROJECT_DIR, "node_modules", ".bin");
    return runFramework([...args, "--stage", "local"], {
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
  }

  delete(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
