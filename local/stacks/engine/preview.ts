import type { CloudContext } from "../../context/cloud-context.ts";
import { isDeepStrictEqual } from "node:util";
import { evaluate } from "../template/intrinsics.ts";
import type { TemplateResource } from "../template/template.ts";
import { activeDefinition, type ActiveDefinition } from "./definition.ts";
import { outputsOf } from "./outputs.ts";
import type { Providers } from "./resource-work.ts";
import type { ResourceChange, ResourceRecord, StackDefinition, StackRecord } from "./stack-record.ts";
import type { StackStore } from "./stack-store.ts";

export interface Preview {
  readonly changes: readonly ResourceChange[];
  /** Whether an update would do anything: a resource, an output, a tag. */
  readonly hasEffect: boolean;
}

/** Thrown while a value is worked out that only the update itself can know. */
class NotKnownYet extends Error {
  override readonly name = "NotKnownYet";
}

/**
 * What an update of a stack to a definition would change; nothing is touched.
 * @throws AwsError ValidationError where the definition cannot be worked out
 */
export function previewChanges(
  tools: { context: CloudContext; store: StackStore; providers: Providers },
  stack: StackRecord,
  definition: StackDefinition,
): Preview {
  const fresh = new Set<string>();
  const lookUp = (logicalId: string) => {
    const resource = stack.resources[logicalId];
    if (resource?.physicalId === undefined || fresh.has(logicalId)) throw new NotKnownYet();
    return resource;
  };
  const active = activeDefinition(tools.context, tools.store, stack, definition, lookUp);
  const changes: ResourceChange[] = [];
  for (const logicalId of inOrder(active)) {
    const change = changeOf(stack.resources[logicalId], logicalId, active, tools.providers);
    if (change === undefined) continue;
    changes.push(change);
    if (change.action === "Add" || change.replacement === "True") fresh.add(logicalId);
  }
  for (const { logicalId, type, physicalId } of Object.values(stack.resources)) {
    if (Object.hasOwn(active.resources, logicalId)) continue;
    changes.push({
      action: "Remove",
      logicalId,
      type,
      properties: [],
      ...(physicalId === undefined ? {} : { physicalId }),
    });
  }
  return { changes, hasEffect: changes.length > 0 || isEffective(stack, definition, active) };
}

/** Whether something beside the resources changes, or the last attempt at them did not end well. */
function isEffective(stack: StackRecord, definition: StackDefinition, active: ActiveDefinition): boolean {
  if (stack.status.endsWith("_FAILED") || !isDeepStrictEqual(stack.definition.tags, definition.tags))
    return true;
  return !isDeepStrictEqual(outputsOf(active.template, active.scope), stack.outputs);
}

function changeOf(
  existing: ResourceRecord | undefined,
  logicalId: string,
  { resources, scope }: ActiveDefinition,
  providers: Providers,
): ResourceChange | undefined {
  const wanted = resources[logicalId];
  if (wanted === undefined) return undefined;
  const { type } = wanted;
  if (existing?.physicalId === undefined) return { action: "Add", logicalId, type, properties: [] };
  const after = new Map(
    Object.entries(wanted.properties).map(([name, value]) => [name, valueNow(value, scope)]),
  );
  const names = new Set([...after.keys(), ...Object.keys(existing.properties)]);
  const changed = [...names].filter((name) => {
    const value = after.get(name);
    return value instanceof NotKnownYet || !isDeepStrictEqual(value, existing.properties[name]);
  });
  if (changed.length === 0 && existing.pending === undefined && !isDescribedAnew(existing, wanted))
    return undefined;
  const replacing = changed.filter((name) => providers.get(type)?.properties[name] === "replace");
  const known = replacing.some((name) => !(after.get(name) instanceof NotKnownYet));
  const replacement = known ? "True" : replacing.length > 0 ? "Conditional" : "False";
  return {
    action: "Modify",
    logicalId,
    type,
    physicalId: existing.physicalId,
    replacement,
    properties: changed.sort(),
  };
}

/** A property's value as far as it is known; AWS::NoValue is as if it were absent. */
function valueNow(value: unknown, scope: ActiveDefinition["scope"]): unknown {
  try {
    const known = evaluate(value, scope);
    return typeof known === "symbol" ? undefined : known;
  } catch (error) {
    if (error instanceof NotKnownYet) return error;
    throw error;
  }
}

function isDescribedAnew(existing: ResourceRecord, wanted: TemplateResource): boolean {
  return (
    existing.deletionPolicy !== wanted.deletionPolicy ||
    existing.updateReplacePolicy !== wanted.updateReplacePolicy ||
    !isDeepStrictEqual(existing.metadata, wanted.metadata)
  );
}

/** Logical ids, each after those that it depends on. */
function inOrder({ dependencies }: ActiveDefinition): string[] {
  const ordered = new Set<string>();
  const visit = (id: string) => {
    for (const before of dependencies.get(id) ?? []) if (!ordered.has(before)) visit(before);
    ordered.add(id);
  };
  for (const id of dependencies.keys()) visit(id);
  return [...ordered];
}
