import { isRecorded } from "../recorded/recorded-provider.ts";
import type { Providers } from "./resource-work.ts";
import type { StackRecord } from "./stack-record.ts";

export interface UnsupportedProperty {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly property: string;
}

/** The properties of living resources that have no effect in the local cloud. */
export function unsupportedProperties(stack: StackRecord): UnsupportedProperty[] {
  const { stackName } = stack;
  return Object.values(stack.resources).flatMap(({ logicalId, type, unsupported }) =>
    unsupported.map((property) => ({ stackName, logicalId, type, property })),
  );
}

/** What the person at the terminal should know after a deploy: one line per resource with such properties, one for all recorded types. */
export function reportOf(stack: StackRecord, providers: Providers): string[] {
  const lines = Object.values(stack.resources)
    .filter(({ unsupported }) => unsupported.length > 0)
    .map(
      ({ logicalId, type, unsupported }) =>
        `${stack.stackName}: ${logicalId} (${type}): not supported: ${unsupported.join(", ")}`,
    );
  const recorded = Object.values(stack.resources).filter(({ type }) => isRecorded(providers.get(type)));
  if (recorded.length === 0) return lines;
  const counts = new Map<string, number>();
  for (const { type } of recorded) counts.set(type, (counts.get(type) ?? 0) + 1);
  const list = [...counts].map(([type, count]) => (count === 1 ? type : `${count} ${type}`)).join(", ");
  return [...lines, `${stack.stackName}: ${recorded.length} resources are recorded only: ${list}`];
}
