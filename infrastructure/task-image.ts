import { join } from "node:path";
import type { Pipeline } from "#core/pipelines/pipeline.ts";
import { CLONE } from "./images/source-hash.ts";
import { taskBuild, type ImageOptions } from "./images/task-builds.ts";
import { sub, type Intrinsic } from "./template.ts";

/**
 * The image of a pipeline's task: in a registry under a tag that changes with the sources, on a laptop the folder itself, or
 * the ready image that the entry names.
 *
 * @throws PipelinesError where tasks/ has no such folder.
 */
export function taskImage(pipeline: Pipeline, options: ImageOptions): string | Intrinsic {
  const { task, image = "" } = pipeline;
  if (task === undefined) return image;
  const { repository, tag } = taskBuild({ ...pipeline, task }, options);
  if (options.imagesFrom === "folder") return join(CLONE, "tasks", task);
  return sub(`\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/${repository}:${tag}`);
}
