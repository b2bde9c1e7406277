import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** An AWS CLI of this machine. */
export interface AwsCli {
  readonly command: string;
  readonly majorVersion: number;
}

/** The newest AWS CLI on the PATH, for a machine may have both versions. */
export function findAwsCli(): AwsCli | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((directory) => join(directory, "aws"))
    .filter((command) => existsSync(command))
    .flatMap((command) => {
      const { stdout } = spawnSync(command, ["--version"], { encoding: "utf8" });
      const majorVersion = Number(/^aws-cli\/(\d+)/.exec(stdout)?.[1]);
      return Number.isNaN(majorVersion) ? [] : [{ command, majorVersion }];
    })
    .reduce<AwsCli | undefined>(
      (newest, cli) => (newest !== undefined && newest.majorVersion >= cli.majorVersion ? newest : cli),
      undefined,
    );
}

/**
 * Runs the AWS CLI as a user of the local cloud does, with three variables and an endpoint.
 * @returns what it prints
 * @throws Error with what it says on stderr, where it fails
 */
export async function runAwsCli(
  { command }: AwsCli,
  { endpoint, folder }: { endpoint: string; folder: string },
  words: readonly string[],
): Promise<string> {
  const { stdout } = await promisify(execFile)(command, ["--endpoint-url", endpoint, ...words], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      AWS_ACCESS_KEY_ID: "operator",
      AWS_SECRET_ACCESS_KEY: "operator",
      AWS_DEFAULT_REGION: "us-east-1",
    },
  });
  return stdout;
}
