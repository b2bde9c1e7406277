import { copyFile, cp, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CLONE = join(import.meta.dirname, "..", "..", "..");
const EVERYTHING = join(import.meta.dirname, "..", "everything");
/** What packaging does not read, and what it makes. */
const LEFT_OUT = new Set([".git", ".serverless", ".esbuild", ".slipway", "test", "samples", "bench"]);

/**
 * A copy of the clone with the pipelines and the stage "everything". Folders are copied and not linked: a module's own imports follow
 * links, and would end at the clone's pipelines.
 */
export class EverythingFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<EverythingFolder> {
    const path = await mkdtemp(join(tmpdir(), "slipway-everything-"));
    for (const entry of await readdir(CLONE, { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue;
      const [from, to] = [join(CLONE, entry.name), join(path, entry.name)];
      await (entry.name === "node_modules"
        ? symlink(from, to, "junction")
        : cp(from, to, { recursive: true }));
    }
    await copyFile(join(EVERYTHING, "pipelines.ts"), join(path, "pipelines.ts"));
    await copyFile(
      join(EVERYTHING, "everything.yml"),
      join(path, "infrastructure", "stages", "everything.yml"),
    );
    return new EverythingFolder(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
