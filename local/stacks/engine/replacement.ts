import { isDeepStrictEqual } from "node:util";
import type { Properties, ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { validationError } from "../template/template-error.ts";
import type { ResourceRecord } from "./stack-record.ts";

/** The top-level properties that differ. */
export function changedProperties(before: Properties, after: Properties): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

/**
 * Whether a change needs a new physical resource.
 * @throws AwsError ValidationError where the resource keeps a name of its own, which a second one cannot have
 */
export function needsReplacement(
  provider: ResourceProvider,
  existing: ResourceRecord,
  wanted: Properties,
): boolean {
  const changed = changedProperties(existing.properties, wanted);
  if (!changed.some((name) => provider.properties[name] === "replace")) return false;
  if (keepsCustomName(provider, existing, changed)) {
    throw validationError(
      "CloudFormation cannot update a stack when a custom-named resource requires replacing. " +
        `Rename ${existing.physicalId} and update the stack again.`,
    );
  }
  return true;
}

/** A name of its own shows in the physical id: alone, or at the end of a URL or an ARN. */
function keepsCustomName(
  provider: ResourceProvider,
  existing: ResourceRecord,
  changed: readonly string[],
): boolean {
  const id = existing.physicalId ?? "";
  return Object.entries(existing.properties).some(([name, value]) => {
    if (
      !name.endsWith("Name") ||
      provider.properties[name] !== "replace" ||
      changed.includes(name) ||
      typeof value !== "string"
    )
      return false;
    return id === value || id.endsWith(`/${value}`) || id.endsWith(`:${value}`);
  });
}
