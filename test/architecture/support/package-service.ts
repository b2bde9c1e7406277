import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const CLONE = join(import.meta.dirname, "..", "..", "..");

export interface TemplateResource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
}

export interface Template {
  Resources: Record<string, TemplateResource>;
  Outputs: Record<string, unknown>;
}

/** What `npx serverless package` makes, in an environment that has no credentials. Takes some seconds. */
export async function packageService(args: readonly string[]): Promise<{ template: Template; text: string }> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-package-"));
  try {
    await run(["package", ...args, "--package", folder], folder);
    const text = await readFile(join(folder, "cloudformation-template-update-stack.json"), "utf8");
    return { template: JSON.parse(text) as Template, text };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the framework says when it refuses a command in an environment that has no credentials. */
export async function refusalOf(args: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-refused-"));
  try {
    await run(args, folder);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true });
  }
  return "";
}

async function run(args: readonly string[], home: string): Promise<void> {
  const command = ["node_modules/serverless/bin/serverless.js", ...args];
  const env = { HOME: home, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}` };
  await promisify(execFile)(process.execPath, command, { cwd: CLONE, env }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(error.stdout + error.stderr);
    },
  );
}
