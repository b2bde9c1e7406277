import type { Job, JobFailure } from "../jobs/job.ts";
import { largestObjectBytes, type Pipeline } from "../pipelines/pipeline.ts";
import type { DueJob } from "../ports/job-store.ts";

/** Whether the job may be one that no run can help; the job itself decides (refusalOf). */
export function mayBeRefused({ sizeBytes }: DueJob, pipeline: Pipeline): boolean {
  return sizeBytes > largestObjectBytes(pipeline) || (sizeBytes === 0 && failsEmptyFiles(pipeline));
}

/** Why a launch could only cost money; undefined where the job may be tried. */
export function refusalOf({ source }: Pick<Job, "source">, pipeline: Pipeline): JobFailure | undefined {
  if (source.type !== "upload") return undefined;
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

function failsEmptyFiles({ source }: Pipeline): boolean {
  return source.type === "upload" && source.emptyFiles === "fail";
}
