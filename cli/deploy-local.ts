import { spawn } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import { join } from "node:path";
import { PROJECT_DIR } from "./running-cloud.ts";
import { ServiceFolder } from "./service-folder.ts";
import { UserError } from "./user-error.ts";

/** The keys that the local cloud wants: any. */
export const OPERATOR_ENVIRONMENT = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
} as const;

/** For those who talk to it at a terminal: SDKs and version 2 of the AWS CLI read AWS_REGION, version 1 AWS_DEFAULT_REGION only. */
export const CLIENT_ENVIRONMENT = {
  AWS_REGION: OPERATOR_ENVIRONMENT.AWS_REGION,
  AWS_DEFAULT_REGION: OPERATOR_ENVIRONMENT.AWS_REGION,
  AWS_ACCESS_KEY_ID: OPERATOR_ENVIRONMENT.AWS_ACCESS_KEY_ID,
  AWS_SECRET_ACCESS_KEY: OPERATOR_ENVIRONMENT.AWS_SECRET_ACCESS_KEY,
} as const;

/** Each platform has a name of its own for where temporary files go. */
function temporaryFilesIn(folder: string): NodeJS.ProcessEnv {
  return { TMPDIR: folder, TMP: folder, TEMP: folder };
}

/**
 * Runs the real `serverless deploy --stage local` against a local cloud. Any number at a time: each packages in a folder of its own.
 * @param onLine gets what the framework says, line by line
 * @param options containers: the tasks' images are built and pushed into the cloud's registry, from which it will run them
 * @throws UserError with what it said, where it fails
 */
export async function deployLocal(
  endpoint: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
  options: { readonly containers?: boolean } = {},
): Promise<void> {
  await using folder = await ServiceFolder.make();
  const serverless = join(PROJECT_DIR, "node_modules", "serverless", "bin", "serverless.js");
  const images = options.containers === true ? ["--param", "images=registry"] : [];
  const child = spawn(process.execPath, [serverless, "deploy", "--stage", "local", ...images], {
    cwd: folder.path,
    env: {
      ...process.env,
      ...OPERATOR_ENVIRONMENT,
      AWS_ENDPOINT_URL: endpoint,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      SLS_TELEMETRY_DISABLED: "1",
      ...temporaryFilesIn(folder.temporary),
      NODE_COMPILE_CACHE: getCompileCacheDir(),
    },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split(/\r?\n/)) {
        if (line.trim() === "") continue;
        said.push(line);
        onLine(line);
      }
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    // Also where it was aborted it has to be gone first: it writes into the folder that is deleted next.
    let failed: Error | undefined;
    child.once("error", (error) => {
      failed = error;
      if (child.pid === undefined) reject(error);
    });
    child.once("close", (status) => (failed === undefined ? resolve(status) : reject(failed)));
  });
  if (code !== 0) throw new UserError(`The deploy into the local cloud failed:\n${said.join("\n")}`);
}
