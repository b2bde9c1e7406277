import type { JobSource } from "./job.ts";

/** Longer or stranger endings are no file types, and each kind is remembered: names must not make kinds without end. */
const KNOWN_SUFFIX = /\.([a-z0-9]{1,8})$/;

/**
 * The kind of work, for what is learned from earlier work: an object's ending and the magnitude of its size, in steps of four
 * times ("jpg/11" is 4 to 16 MiB); ticks and requests are one kind each.
 */
export function kindOfJob(source: JobSource): string {
  if (source.type !== "upload") return source.type;
  const suffix = KNOWN_SUFFIX.exec(source.key.toLowerCase())?.[1] ?? "other";
  return `${suffix}/${Math.floor(Math.log2(Math.max(1, source.sizeBytes)) / 2)}`;
}
