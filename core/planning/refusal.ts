import type { Job, JobFailure } from "../jobs/job.ts";
import { largestObjectBytes, type Pipeline } from "../pipelines/pipeline.ts";

/** Why a launch could only cost money; undefined where the job may be tried. */
export function refusalOf({ source }: Pick<Job, "source">, pipeline: Pipeline): JobFailure | undefined {
  if (source.type !== "upload") return undefined;
  if (!mayRead(pipeline, { source })) return unreadable(pipeline);
  const room = largestObjectBytes(pipeline);
  if (source.sizeBytes > room) {
    return {
      class: "application",
      retry: "no",
      reason: `The object has ${source.sizeBytes} bytes, and a task of its pipeline has room for ${room}.`,
      advice:
        "Raise ephemeralStorageGiB in pipelines.ts (at most 200), deploy and retry the job; or upload it in parts.",
    };
  }
  if (source.sizeBytes > 0 || !failsEmptyFiles(pipeline)) return undefined;
  return {
    class: "application",
    retry: "no",
    reason: "The object is empty, and its pipeline wants none (source.emptyFiles: fail).",
    advice: "Upload the file again; its upload may have been cut short.",
  };
}

/** The role of a pipeline's tasks reads what is under its prefix, and nothing else. */
export function mayRead(pipeline: Pipeline, { source }: Pick<Job, "source">): boolean {
  if (source.type !== "upload") return true;
  return pipeline.source.type === "upload" && source.key.startsWith(pipeline.source.prefix);
}

/** A deploy came between the upload and its turn. To the task it would look as if somebody had deleted the object. */
function unreadable({ source }: Pipeline): JobFailure {
  const now = source.type === "upload" ? `only what is under "${source.prefix}"` : "no uploads";
  return {
    class: "configuration",
    retry: "no",
    reason: `A deploy changed the job's pipeline before its turn came: its tasks may read ${now} now.`,
    advice:
      "Put the source back in pipelines.ts, deploy and retry the job; or copy the object to where a pipeline takes it.",
  };
}

function failsEmptyFiles({ source }: Pipeline): boolean {
  return source.type === "upload" && source.emptyFiles === "fail";
}
