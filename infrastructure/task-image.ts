import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PipelinesError } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { sub, type Intrinsic } from "./template.ts";
import type { Settings } from "./settings.ts";

const CLONE = join(import.meta.dirname, "..");

/** What goes into every task's image beside the task's own folder. */
const SHARED_SOURCES = [
  "package.json",
  "package-lock.json",
  "pipelines.ts",
  "{core,flow,events,adapters,runtime}/**/*.ts",
];

export interface ImageOptions {
  readonly stage: string;
  readonly imagesFrom: Settings["imagesFrom"];
  /** A tag for every image instead of the one that follows from the sources. */
  readonly imageTag?: string | undefined;
}

/**
 * The image of a pipeline's task: in a registry under a tag that changes with the sources, on a laptop the folder itself, or
 * the ready image that the entry names.
 *
 * @throws PipelinesError where tasks/ has no such folder.
 */
export function taskImage(pipeline: Pipeline, options: ImageOptions): string | Intrinsic {
  const { task, image = "" } = pipeline;
  if (task === undefined) return image;
  const folder = join(CLONE, "tasks", task);
  if (!existsSync(folder)) {
    throw new PipelinesError([
      `Pipeline "${pipeline.name}": there is no folder tasks/${task}; make it, or name in "task" one that is there.`,
    ]);
  }
  if (options.imagesFrom === "folder") return folder;
  const tag = options.imageTag ?? sourceTag(task);
  return sub(
    `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/slipway-${options.stage}/${task}:${tag}`,
  );
}

function sourceTag(task: string): string {
  const files = globSync([`tasks/${task}/**/*`, ...SHARED_SOURCES], { cwd: CLONE, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(file.slice(CLONE.length)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex").slice(0, 16);
}
