import { copyFile, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "./running-cloud.ts";

/** What the framework and the cloud themselves make in the folder that they work in. */
const SCRATCH = [".serverless", ".esbuild", ".slipway", ".git"];

/**
 * A folder that looks like the clone: its files copied, its folders by links. The framework always writes to .serverless and
 * .esbuild below the folder that it works in, so that two deploys in one folder would take each other's files.
 */
export class ServiceFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<ServiceFolder> {
    const path = await mkdtemp(join(tmpdir(), "slipway-deploy-"));
    for (const entry of await readdir(PROJECT_DIR, { withFileTypes: true })) {
      if (SCRATCH.includes(entry.name)) continue;
      const [from, to] = [join(PROJECT_DIR, entry.name), join(path, entry.name)];
      // A junction needs no rights on Windows and is a link everywhere else.
      await (entry.isFile() ? copyFile(from, to) : symlink(from, to, "junction"));
    }
    return new ServiceFolder(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
