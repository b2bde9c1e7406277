/** Each pipeline that was ever deployed, by name: since when it is missing from pipelines.ts, ISO 8601; "" where it is there. */
export type KnownPipelines = Readonly<Record<string, string>>;

/**
 * A deploy in the middle, where older code knows fewer pipelines than newer, is over by then; and who has removed one by mistake has
 * put it back.
 */
const REMOVED_AFTER_MS = 60 * 60_000;

/** What is new after a look at the pipelines that there are now. */
export function newsOf(known: KnownPipelines, present: readonly string[], now: Date): KnownPipelines {
  const missing = Object.keys(known).filter((name) => !present.includes(name));
  return Object.fromEntries([
    ...present.filter((name) => known[name] !== "").map((name) => [name, ""]),
    ...missing.filter((name) => known[name] === "").map((name) => [name, now.toISOString()]),
  ]);
}

/** Those that will not come back by themselves. */
export function removedPipelines(known: KnownPipelines, now: Date): string[] {
  return Object.entries(known)
    .filter(([, since]) => since !== "" && now.getTime() - Date.parse(since) >= REMOVED_AFTER_MS)
    .map(([name]) => name);
}
