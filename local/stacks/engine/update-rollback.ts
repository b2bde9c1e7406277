import { isDeepStrictEqual } from "node:util";
import type { ResourceWork } from "./resource-work.ts";
import { runGraph } from "./run-graph.ts";
import { copyOf, type ResourceRecord, type StackRecord } from "./stack-record.ts";

/**
 * Brings a stack back to its last good state: what was updated is updated back, what was replaced stands again, and what is
 * new goes to the cleanup. @returns why it failed, in a stack event's words
 */
export async function restoreStable(
  tools: { work: ResourceWork; mayStart: () => boolean },
  stack: StackRecord,
): Promise<string | undefined> {
  const { stable } = stack;
  if (stable === undefined) throw new Error(`stack ${stack.stackName} has no state to go back to`);
  const before = stable.resources;
  const dependencies = new Map(
    Object.values(before).map((resource) => [
      resource.logicalId,
      new Set(resource.dependsOn.filter((id) => Object.hasOwn(before, id))),
    ]),
  );
  const { failures, complete } = await runGraph(
    dependencies,
    (logicalId) => restore(tools.work, stack, before[logicalId]),
    tools.mayStart,
  );
  if (failures.size > 0)
    return `The following resource(s) failed to update: [${[...failures.keys()].join(", ")}]. `;
  if (!complete) return undefined;
  const added = Object.values(stack.resources).filter(({ logicalId }) => !Object.hasOwn(before, logicalId));
  for (const { logicalId } of added) delete stack.resources[logicalId];
  const { definition, outputs, imports, cleanup } = stable;
  const replacements = stack.cleanup.filter(
    (resource) => !isAmong(resource, [...cleanup, ...Object.values(before)]),
  );
  // RetainExceptOnCreate means this: the operation that made it failed.
  const undone = added.map((resource): ResourceRecord =>
    resource.deletionPolicy === "Retain" ? resource : { ...resource, deletionPolicy: "Delete" },
  );
  Object.assign(stack, { definition, outputs, imports, cleanup: [...cleanup, ...replacements, ...undone] });
  delete stack.stable;
  return undefined;
}

async function restore(
  work: ResourceWork,
  stack: StackRecord,
  before: ResourceRecord | undefined,
): Promise<void> {
  if (before === undefined) return;
  const now = stack.resources[before.logicalId];
  if (now !== undefined && now.nameSeed !== before.nameSeed) {
    // The replacement goes, even where the template would retain it: nobody has used it yet.
    stack.cleanup.push({ ...now, deletionPolicy: "Delete" });
    stack.resources[before.logicalId] = copyOf(before);
    return;
  }
  const resource = now ?? copyOf(before);
  stack.resources[before.logicalId] = resource;
  if (resource.pending !== undefined || !isDeepStrictEqual(resource.properties, before.properties)) {
    await work.update(stack, resource, before.properties);
  }
  const { dependsOn, deletionPolicy, updateReplacePolicy } = before;
  Object.assign(resource, { dependsOn, deletionPolicy, updateReplacePolicy });
}

function isAmong(resource: ResourceRecord, others: readonly ResourceRecord[]): boolean {
  return others.some(({ nameSeed }) => nameSeed === resource.nameSeed);
}
