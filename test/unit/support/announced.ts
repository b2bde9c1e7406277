import type { Announcement } from "#core/ports/messaging.ts";

/** "Job Failed 6a1f...": the event and what it is about. */
export function announced(told: Announcement): string {
  switch (told.type) {
    case "Run Stopped":
      return `${told.type} ${told.run.runId}`;
    case "Pipeline Paused":
      return `${told.type} ${told.pause.pipeline}`;
    case "Trouble Noticed":
      return `${told.type} ${told.trouble.troubleId}`;
    default:
      return `${told.type} ${told.job.jobId}`;
  }
}
