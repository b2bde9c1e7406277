import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { runFramework } from "../../../cli/framework.ts";
import { ServiceFolder } from "../../../cli/service-folder.ts";

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
export async function packageService(
  args: readonly string[],
  given?: { readonly path: string },
): Promise<{ template: Template; text: string }> {
  await using made = given === undefined ? await ServiceFolder.make() : undefined;
  const folder = given ?? made;
  if (folder === undefined) throw new Error("There is no folder to package.");
  await run(["package", ...args], folder.path);
  const text = await readFile(
    join(folder.path, ".serverless", "cloudformation-template-update-stack.json"),
    "utf8",
  );
  return { template: JSON.parse(text) as Template, text };
}

/** What the framework says when it refuses a command in an environment that has no credentials. */
export async function refusalOf(args: readonly string[], given?: { readonly path: string }): Promise<string> {
  await using made = given === undefined ? await ServiceFolder.make() : undefined;
  const folder = given ?? made;
  if (folder === undefined) throw new Error("There is no folder to package.");
  try {
    await run(args, folder.path);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "";
}

async function run(args: readonly string[], folder: string): Promise<void> {
  const env = { HOME: folder, PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}` };
  const { code, said } = await runFramework(args, { cwd: folder, env });
  if (code !== 0) throw new Error(said);
}
