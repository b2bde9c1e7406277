import type { Ground } from "./ground.ts";

/** Something that a person should know, and what to do about it. */
export interface Finding {
  /** error: something does not work or will not; warning: it may not. */
  readonly severity: "error" | "warning";
  readonly what: string;
  readonly toDo: string;
  /** IAM: what the role's policy lacks. */
  readonly statement?: unknown;
}

export interface Check {
  readonly name: string;
  /** @throws NotChecked where this stage cannot be asked */
  run(ground: Ground): Promise<Finding[]>;
}

/** A question that has no answer on this stage; told, never passed over. */
export class NotChecked extends Error {
  override readonly name = "NotChecked";
}

/** What became of one check. */
export type Outcome =
  | { readonly check: string; readonly state: "checked"; readonly findings: readonly Finding[] }
  | { readonly check: string; readonly state: "not checked"; readonly why: string; readonly findings: [] };

/** Runs a check; one that fails takes none of the others along. */
export async function outcomeOf({ name, run }: Check, ground: Ground): Promise<Outcome> {
  try {
    return { check: name, state: "checked", findings: await run(ground) };
  } catch (error) {
    return { check: name, state: "not checked", why: whyNot(error), findings: [] };
  }
}

function whyNot(error: unknown): string {
  if (error instanceof NotChecked) return error.message;
  if (!(error instanceof Error)) return String(error);
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (status === 501 || error.name === "UnknownOperationException")
    return `the local cloud does not have it (${error.message})`;
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(error.name))
    return `your keys may not ask: ${error.message}`;
  return `the question failed: ${error.name}: ${error.message}`;
}
