/*
 * What a task writes may land under a pipeline's prefix again, by a copy or by another pipeline's output, and go round for ever.
 * So each object that a task writes carries how many tasks stand between it and an upload by somebody else, as user metadata:
 * S3 keeps it through copies. The event does not have it; the task reads it with the object.
 */

/** The name of the user metadata (x-amz-meta-slipway-hop). */
const HOP_METADATA = "slipway-hop";

/** How many tasks lie behind an object; 0 for what no task of ours wrote, and for what does not read as a number. */
export function hopOf(metadata: Readonly<Record<string, string>> | undefined): number {
  const text = metadata?.[HOP_METADATA] ?? "";
  return /^\d{1,6}$/.test(text) ? Number(text) : 0;
}

/** The metadata of what a task writes whose source is `hop` tasks away from an upload. */
export function nextHop(hop: number): Readonly<Record<string, string>> {
  return { [HOP_METADATA]: String(hop + 1) };
}

/** Where the runs write in the results bucket: results under jobs/, the hourly report under reports/. */
export const OWN_OUTPUT_PREFIXES: readonly string[] = ["jobs/", "reports/"];

/** Never work, in whatever bucket: no pipeline may take these prefixes. */
export function isOwnOutput(key: string): boolean {
  return OWN_OUTPUT_PREFIXES.some((prefix) => key.startsWith(prefix));
}
