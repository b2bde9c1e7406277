import { getCompileCacheDir } from "node:module";
import { runFramework } from "./framework.ts";
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
  const images = options.containers === true ? ["--param", "images=registry"] : [];
  const { code, said } = await runFramework(["deploy", "--stage", "local", ...images], {
    cwd: folder.path,
    env: {
      ...process.env,
      ...OPERATOR_ENVIRONMENT,
      AWS_ENDPOINT_URL: endpoint,
      AWS_PROFILE: undefined,
      AWS_SESSION_TOKEN: undefined,
      SLS_TELEMETRY_DISABLED: "1",
      NODE_COMPILE_CACHE: getCompileCacheDir(),
    },
    onText: (text) => linesOf(text).forEach((line) => onLine(line)),
    signal,
  });
  if (code !== 0) throw new UserError(`The deploy into the local cloud failed:\n${linesOf(said).join("\n")}`);
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}
