const MAX_LENGTH = 300;

/**
 * What a reason says once its names and numbers are taken out: equal failures differ in quoted parts, paths, addresses, ids and
 * amounts. An exit code stays, for it is the cause.
 * @param names the object's key, the job's id and whatever else is the failure's own
 */
export function fingerprint(reason: string, names: readonly string[] = []): string {
  return withoutNames(reason, names)
    .toLowerCase()
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '""')
    .replace(/\b(?:arn:[\w-]+:|https?:\/\/)\S+/g, "#")
    .replace(/(?:[\w.+-]*[/\\])+[^\s,;)]*/g, "#")
    .replace(/(exit code )?\b[\w-]*\d[\w.-]*/g, (token, exitCode?: string) =>
      exitCode === undefined ? "#" : token,
    )
    .replace(/\s+/g, " ")
    .slice(0, MAX_LENGTH);
}

/** Longest first, so that a key goes before its last part does. */
function withoutNames(reason: string, names: readonly string[]): string {
  return names
    .filter((name) => name.length > 3)
    .toSorted((one, other) => other.length - one.length)
    .reduce((text, name) => text.replaceAll(name, "#"), reason);
}
