import { createHash } from "node:crypto";
import type { JobFailure } from "../jobs/job.ts";

/** Equal failures of one pipeline within one window are one notice. */
export const NOTICE_WINDOW_MINUTES = 60;

/** Pipeline, class and what the reason says once its names and numbers are taken out. */
export function noticeGroupOf(failed: {
  pipeline: string;
  failure: Pick<JobFailure, "class" | "reason">;
}): string {
  const { pipeline, failure } = failed;
  return createHash("sha256")
    .update(JSON.stringify([pipeline, failure.class, fingerprint(failure.reason)]))
    .digest("hex")
    .slice(0, 32);
}

/** Quoted parts, hex ids, paths and numbers differ from one equal failure to the next. */
export function fingerprint(reason: string): string {
  return reason
    .replace(/"[^"]*"/g, '""')
    .replace(/\b[0-9a-f]{8,}\b/gi, "#")
    .replace(/\d+/g, "#")
    .toLowerCase();
}

export function windowStart(at: Date): string {
  const window = NOTICE_WINDOW_MINUTES * 60_000;
  return new Date(Math.floor(at.getTime() / window) * window).toISOString();
}
