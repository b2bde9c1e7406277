import type { CompiledPattern, FieldTest } from "./compile.ts";
import { type JsonText, parseJsonText } from "./json-text.ts";
import { quoted } from "./text-tests.ts";

/** In which element of which array a value stands; arrays are numbered as they are met. */
type Membership = ReadonlyMap<number, number>;

interface EventValue {
  /** JSON text of a leaf. */
  readonly text: string;
  readonly membership: Membership;
}

/** An event, taken apart once for all rules: its leaves by dotted path. */
export type EventFields = ReadonlyMap<string, readonly EventValue[]>;

/** @throws SyntaxError where the event is not a JSON object */
export function eventFields(event: string): EventFields {
  const parsed = parseJsonText(event);
  if (parsed.kind !== "object") throw new SyntaxError("Event must be a JSON object");
  const fields = new Map<string, EventValue[]>();
  let arrays = 0;
  const visit = (value: JsonText, path: string | undefined, membership: Membership): void => {
    if (value.kind === "object") {
      for (const [name, member] of value.members)
        visit(member, path === undefined ? name : `${path}.${name}`, membership);
    } else if (value.kind === "array") {
      const array = arrays++;
      for (const [index, item] of value.items.entries()) {
        const isLeaf = item.kind !== "object" && item.kind !== "array";
        visit(item, path, isLeaf ? membership : new Map(membership).set(array, index));
      }
    } else if (path !== undefined) {
      const text = value.kind === "string" ? quoted(value.value) : value.text;
      const values = fields.get(path);
      if (values === undefined) fields.set(path, [{ text, membership }]);
      else values.push({ text, membership });
    }
  };
  visit(parsed, undefined, new Map());
  return fields;
}

/**
 * Whether the event fits the pattern. All fields of one alternative must be met by values that do not stand in different
 * elements of one array ("array-consistent"). https://github.com/aws/event-ruler, "JSON Array Matching"
 */
export function matches(pattern: CompiledPattern, event: EventFields): boolean {
  return pattern.some((fields) => follows(fields, 0, event, new Map()));
}

function follows(fields: readonly FieldTest[], at: number, event: EventFields, chosen: Membership): boolean {
  const field = fields[at];
  if (field === undefined) return true;
  const reachable = (event.get(field.path) ?? []).flatMap((value) => {
    const merged = merge(chosen, value.membership);
    return merged === undefined ? [] : [{ text: value.text, merged }];
  });
  // As in Event Ruler, absence looks only at the array elements that the fields before it have chosen.
  if (reachable.length === 0) return field.tests.includes("absent") && follows(fields, at + 1, event, chosen);
  const tried = new Set<string>();
  return reachable.some(({ text, merged }) => {
    if (!field.tests.some((test) => test !== "absent" && test(text))) return false;
    const choice = [...merged].join(";");
    if (tried.has(choice)) return false;
    tried.add(choice);
    return follows(fields, at + 1, event, merged);
  });
}

/** Both memberships as one, or undefined where they stand in different elements of one array. */
function merge(chosen: Membership, value: Membership): Membership | undefined {
  if (value.size === 0) return chosen;
  const merged = new Map(chosen);
  for (const [array, index] of value) {
    const before = merged.get(array);
    if (before !== undefined && before !== index) return undefined;
    merged.set(array, index);
  }
  return merged;
}
