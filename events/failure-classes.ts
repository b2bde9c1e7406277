/** Why a run or a job failed: part of the published language, so it stands here. */
export const FAILURE_CLASSES = [
  "application",
  "out-of-memory",
  "spot-interruption",
  "timeout",
  "cancelled",
  "capacity",
  "throttled",
  "network",
  "image",
  "configuration",
  "platform",
  "scaling",
  "unknown",
] as const;
