import { arch } from "node:os";
import type { Pipeline, Pipelines } from "#core/pipelines/pipeline.ts";
import type { Settings } from "../settings.ts";

/** The pipelines as they are, or all on the architecture of this machine, where their tasks are to run on it. */
export function onArchitecture(pipelines: Pipelines, which: Settings["architecture"]): Pipelines {
  if (which === "pipeline") return pipelines;
  const architecture: Pipeline["architecture"] = arch() === "arm64" ? "ARM64" : "X86_64";
  return Object.fromEntries(
    Object.entries(pipelines).map(([name, pipeline]) => [name, { ...pipeline, architecture }]),
  );
}
