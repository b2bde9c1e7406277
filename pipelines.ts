import { definePipelines } from "#core/pipelines/define-pipelines.ts";

/**
 * What runs. Each entry needs a `source` and a `task` (a folder under tasks/); every other option has a default, and a
 * mistake is refused when the service is packaged. docs/pipelines.md has all options.
 */
export const pipelines = definePipelines({
  /** Dimensions, camera, place and thumbnails of each picture that lands under images/. */
  images: {
    source: {
      type: "upload",
      prefix: "images/",
      suffixes: [
        ".jpg",
        ".jpeg",
        ".png",
        ".webp",
        ".avif",
        ".gif",
        ".tif",
        ".tiff",
        ".heic",
        ".heif",
        ".bmp",
        ".svg",
      ],
    },
    task: "media",
    size: { cpu: 1024, memoryMiB: 2048 },
    pack: { maxJobs: 25, maxBytes: 256 * 1024 * 1024, windowSeconds: 2 },
    retry: { attempts: 3, backoffSeconds: 30, maxBackoffSeconds: 900 },
    timeout: { jobSeconds: 120, runSeconds: 3600, startSeconds: 600 },
    capacity: { type: "spot-first", maxTasks: 10 },
  },

  /** Pictures in the width and format that an application asks for: its message to the queue is { key, width, format }. */
  renditions: {
    source: { type: "queue", reads: "images/" },
    task: "renditions",
    size: { cpu: 1024, memoryMiB: 2048 },
    retry: { attempts: 3, backoffSeconds: 30, maxBackoffSeconds: 300 },
    timeout: { jobSeconds: 60, runSeconds: 900, startSeconds: 600 },
    // Nobody waiting, nothing running: the first message waits for a start, and the last worker goes after three quiet minutes.
    worker: { min: 0, max: 4, jobsAtOnce: 2, backlogPerTask: 50, visibilitySeconds: 30 },
  },

  /** Looks every hour for uploads that have no job, so that a lost event costs an hour and not a file. */
  inventory: {
    source: { type: "schedule", expression: "rate(1 hour)" },
    task: "inventory",
    size: { cpu: 512, memoryMiB: 1024 },
    pack: { maxJobs: 1 },
    timeout: { jobSeconds: 2700, runSeconds: 3300, startSeconds: 600 },
    capacity: { type: "on-demand", maxTasks: 1 },
    overlap: "skip",
  },
});
