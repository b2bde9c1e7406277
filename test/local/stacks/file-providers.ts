import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResourceProvider } from "#local/cloudformation/resource-provider.ts";
import { AwsError } from "#local/gateway/aws-error.ts";

/** What a test's resources do, in order: "create path", "update path", "delete path". */
export interface FileLog {
  readonly calls: string[];
  /** Whether the content "hang" does what it says. */
  readonly hangs?: boolean;
}

/**
 * Two types with real effects: Test::Disk::File is a file below `folder` (Ref is its name, Content may change, FileName may not),
 * Test::Disk::Fragile is one that refuses what a test puts into its Content: "refuse", "crash", "stay" (cannot be deleted) or "hang" (half written, and never done).
 */
export function fileProviders(folder: string, log: FileLog): ResourceProvider[] {
  mkdirSync(folder, { recursive: true });
  const provider = (type: string, fragile: boolean): ResourceProvider => {
    const write = (name: string, content: string) => {
      if (fragile && content === "refuse") throw new AwsError("InvalidParameter", "The content is refused.");
      if (fragile && content === "crash") throw new TypeError("a mistake in the provider");
      writeFileSync(join(folder, name), content);
      return {
        physicalId: name,
        attributes: { Path: join(folder, name), Content: content, "Size.Bytes": content.length },
      };
    };
    return {
      type,
      properties: { FileName: "replace", Content: "update", Kind: "replace", Mode: "recorded" },
      required: ["Content"],
      async create(properties, context) {
        const name =
          typeof properties["FileName"] === "string"
            ? properties["FileName"]
            : context.generateName({ maxLength: 60 });
        log.calls.push(`create ${context.logicalId}`);
        if (log.hangs === true && properties["Content"] === "hang") return hang(() => write(name, "half"));
        if (properties["Nested"] !== undefined) context.unsupported("Nested.Thing");
        return write(name, String(properties["Content"]));
      },
      async update(state, properties, _previous, context) {
        log.calls.push(`update ${context.logicalId}`);
        if (log.hangs === true && properties["Content"] === "hang")
          return hang(() => write(state.physicalId, "half"));
        return write(state.physicalId, String(properties["Content"]));
      },
      async delete(state, properties, context) {
        log.calls.push(`delete ${context.logicalId}`);
        if (fragile && properties["Content"] === "stay") throw new AwsError("Busy", "The file is in use.");
        rmSync(join(folder, state.physicalId), { force: true });
      },
    };
  };
  return [provider("Test::Disk::File", false), provider("Test::Disk::Fragile", true)];
}

function hang(before: () => unknown): Promise<never> {
  before();
  return new Promise(() => undefined);
}

export function contentOf(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
