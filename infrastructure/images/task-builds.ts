import { existsSync } from "node:fs";
import { join } from "node:path";
import { PipelinesError } from "#core/pipelines/define-pipelines.ts";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import type { ImageArchitecture } from "#local/containers/engine.ts";
import type { Settings } from "../settings.ts";
import { CLONE, sourceHash } from "./source-hash.ts";

export interface ImageOptions {
  readonly stage: string;
  /** registry: built, pushed and named by repository and tag. folder: a laptop's tasks run from tasks/<name>. */
  readonly imagesFrom: Settings["imagesFrom"];
}

/** One image that a stage's pipelines need: a task for one architecture. */
export interface TaskBuild {
  readonly task: string;
  /** From the top of the clone. */
  readonly dockerfile: string;
  readonly architecture: Pipeline["architecture"];
  /** E.g. slipway-dev/media */
  readonly repository: string;
  readonly tag: string;
}

/** A pipeline that runs a task of ours, and no ready image. */
type TaskPipeline = Pipeline & { readonly task: string };

/**
 * What a pipeline's image is built from, and where it goes.
 * @throws PipelinesError where tasks/ has no such folder or there is no such Dockerfile
 */
export function taskBuild(pipeline: TaskPipeline, options: ImageOptions): TaskBuild {
  const { task, architecture } = pipeline;
  if (!existsSync(join(CLONE, "tasks", task))) {
    throw new PipelinesError([
      `Pipeline "${pipeline.name}": there is no folder tasks/${task}; make it, or name in "task" one that is there.`,
    ]);
  }
  const dockerfile = pipeline.build?.dockerfile ?? `tasks/${task}/Dockerfile`;
  if (!existsSync(join(CLONE, dockerfile))) {
    throw new PipelinesError([
      `Pipeline "${pipeline.name}": there is no file ${dockerfile}, from which the image of task ${task} is built; make it, or name in "build.dockerfile" one that is there.`,
    ]);
  }
  return {
    task,
    dockerfile,
    architecture,
    repository: `${repositoryPrefix(options.stage)}${task}`,
    tag: sourceHash({ task, dockerfile, architecture }),
  };
}

/** The images of all pipelines, each once however many pipelines run it. */
export function taskBuilds(pipelines: Pipelines, options: ImageOptions): TaskBuild[] {
  const builds = Object.values(pipelines)
    .filter((pipeline): pipeline is TaskPipeline => pipeline.task !== undefined)
    .map((pipeline) => taskBuild(pipeline, options));
  return [...new Map(builds.map((build) => [`${build.repository}:${build.tag}`, build])).values()];
}

/** What the names of a stage's repositories begin with; no other stage's begin so. */
export const repositoryPrefix = (stage: string): string => `slipway-${stage}/`;

/** The architecture as registries and engines name it. */
export const imageArchitecture = (architecture: Pipeline["architecture"]): ImageArchitecture =>
  architecture === "ARM64" ? "arm64" : "amd64";
