import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "./running-cloud.ts";

const SERVERLESS = join(PROJECT_DIR, "node_modules", "serverless", "bin", "serverless.js");

export interface FrameworkRun {
  readonly code: number | null;
  /** stdout and stderr, as they came. */
  readonly said: string;
  /** stdout alone. */
  readonly printed: string;
}

export interface FrameworkOptions {
  /** The folder of the service. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets what it says as it comes. */
  readonly onText?: (text: string) => void;
  /** Ends it; then the promise is rejected with an AbortError, when it is gone. */
  readonly signal?: AbortSignal;
}

/** Runs a command of the Serverless Framework, e.g. ["deploy", "--stage", "local"]; it leaves no temporary files. */
export async function runFramework(
  args: readonly string[],
  options: FrameworkOptions,
): Promise<FrameworkRun> {
  // serverless-esbuild leaves a folder for each function.
  const temporary = await mkdtemp(join(tmpdir(), "slipway-framework-"));
  try {
    return await run(args, { ...options, env: { ...options.env, ...temporaryFilesIn(temporary) } });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function run(args: readonly string[], { onText, ...options }: FrameworkOptions): Promise<FrameworkRun> {
  const child = spawn(process.execPath, [SERVERLESS, ...args], {
    ...options,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard = { said: "", printed: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      heard.said += text;
      if (stream === child.stdout) heard.printed += text;
      onText?.(text);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    // Also where it was aborted it has to be gone first: it writes into folders that are deleted next.
    let failed: Error | undefined;
    child.once("error", (error) => {
      failed = error;
      if (child.pid === undefined) reject(error);
    });
    child.once("close", (status) => (failed === undefined ? resolve(status) : reject(failed)));
  });
  return { code, ...heard };
}

/** Each platform has a name of its own for where temporary files go. */
function temporaryFilesIn(folder: string): NodeJS.ProcessEnv {
  return { TMPDIR: folder, TMP: folder, TEMP: folder };
}
