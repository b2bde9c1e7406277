/** AWS's and Docker's forms around a name that somebody chose, and what of them stays: the kind of the thing. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  [/\barn:(aws[a-z-]*):([a-z0-9-]*):[^:\s]*:[^:\s]*:([a-z-]+)[:/][^\s'"),]*/gi, "arn:$1:$2:$3"],
  // A repository with its tag or digest; its registry stays, for Docker Hub has rules of its own.
  [/\b([a-z0-9.-]+)(?:\/[a-z0-9._-]+)+(?::[a-z0-9._-]+|@sha256:[0-9a-f]+)/gi, "$1"],
  [
    /\b(service|cluster|family|task definition) (?!call\b)['"]?[a-z0-9._-]+['"]?(?= (was|has|failed|is|does|could)\b|\))/gi,
    "$1",
  ],
  [/\((elb|target-group) [^)\s]*\)/gi, "($1)"],
];

/** The text without the names in it: a repository `oom-watch` or a service `spot-cleaner` says nothing of what happened. */
export function withoutNames(text: string): string {
  return NAMED.reduce((rest, [form, kind]) => rest.replace(form, kind), text);
}
