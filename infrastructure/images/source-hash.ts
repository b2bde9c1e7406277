import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The top of the clone, which every image is built from. */
export const CLONE = join(import.meta.dirname, "..", "..");

/** What goes into every task's image beside the task's own folder. */
const SHARED_SOURCES = [
  ".dockerignore",
  "package.json",
  "package-lock.json",
  "pipelines.ts",
  "{core,flow,events,adapters,runtime}/**/*.ts",
];

/**
 * A tag that follows from everything that goes into a task's image, so that it needs neither a build nor an account, and so
 * that what is unchanged is neither built nor pushed again. 16 hexadecimal digits.
 */
export function sourceHash(image: {
  readonly task: string;
  readonly dockerfile: string;
  readonly architecture: string;
}): string {
  const files = globSync([`tasks/${image.task}/**/*`, image.dockerfile, ...SHARED_SOURCES], {
    cwd: CLONE,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  const hash = createHash("sha256")
    .update(image.architecture)
    .update("\0")
    .update(image.dockerfile)
    .update("\0");
  for (const file of new Set(files))
    hash.update(file.slice(CLONE.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 16);
}
