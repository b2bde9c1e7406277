import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const CLONE = join(import.meta.dirname, "..", "..", "..");

/** What the framework itself makes in the folder that it works in. */
const SCRATCH = [".serverless", ".esbuild", ".slipway", ".git"];

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
  const folder = await serviceFolder();
  try {
    await run(["package", ...args], folder);
    const text = await readFile(
      join(folder, ".serverless", "cloudformation-template-update-stack.json"),
      "utf8",
    );
    return { template: JSON.parse(text) as Template, text };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What the framework says when it refuses a command in an environment that has no credentials. */
export async function refusalOf(args: readonly string[]): Promise<string> {
  const folder = await serviceFolder();
  try {
    await run(args, folder);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(folder, { recursive: true });
  }
  return "";
}

/** The clone, its folders by links: the framework always writes to .serverless, and two packagings would take each other's files. */
async function serviceFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-package-"));
  for (const entry of await readdir(CLONE, { withFileTypes: true })) {
    const [from, to] = [join(CLONE, entry.name), join(folder, entry.name)];
    if (SCRATCH.includes(entry.name)) continue;
    await (entry.isFile() ? copyFile(from, to) : symlink(from, to));
  }
  return folder;
}

async function run(args: readonly string[], folder: string): Promise<void> {
  const command = ["node_modules/serverless/bin/serverless.js", ...args];
  const env = { HOME: folder, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}` };
  await promisify(execFile)(process.execPath, command, { cwd: folder, env }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(error.stdout + error.stderr);
    },
  );
}
