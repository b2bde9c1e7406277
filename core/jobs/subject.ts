import type { JobSource } from "./job.ts";
import { keyNamedBy } from "./message-transitions.ts";

/** What a job is about, for people: its object's key, or what made it. */
export function subjectOf(source: JobSource): string {
  if (source.type === "upload") return source.key;
  return (source.type === "queue" ? keyNamedBy(source) : undefined) ?? source.type;
}
