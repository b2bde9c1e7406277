import { type JsonText, parseJsonText } from "./json-text.ts";
import { compileLeaf, type LeafTest } from "./leaf-tests.ts";
import { PatternError } from "./pattern-error.ts";

/** The tests of one field; the path joins the names with dots, so `{"a.b": ...}` and `{"a": {"b": ...}}` are one. */
export interface FieldTest {
  readonly path: string;
  readonly tests: readonly LeafTest[];
}

/** Alternatives, each a conjunction of fields in the order of their paths. An event matches where one of them does. */
export type CompiledPattern = readonly (readonly FieldTest[])[];

/** More combinations of $or than this are refused. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
export const MAX_ALTERNATIVES = 1000;

type Alternative = Map<string, readonly LeafTest[]>;
type ObjectText = Extract<JsonText, { kind: "object" }>;

/**
 * Checks and compiles an event pattern, once per rule.
 * @throws PatternError that says what EventBridge does not take
 */
export function compilePattern(pattern: string): CompiledPattern {
  const parsed = parsePattern(pattern);
  if (parsed.kind !== "object") throw new PatternError("Filter is not an object");
  const alternatives = addObject(parsed, [], [new Map()], false);
  return alternatives.map((fields) =>
    [...fields].map(([path, tests]) => ({ path, tests })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
}

function parsePattern(pattern: string): JsonText {
  try {
    return parseJsonText(pattern);
  } catch (error) {
    if (error instanceof SyntaxError) throw new PatternError(error.message);
    throw error;
  }
}

function addObject(
  object: ObjectText,
  path: readonly string[],
  given: readonly Alternative[],
  inOr: boolean,
): readonly Alternative[] {
  if (object.members.length === 0) throw new PatternError("Empty objects are not allowed");
  let alternatives = given;
  for (const [name, value] of object.members) {
    if (name === "$or" && isOr(value)) {
      alternatives = value.items.flatMap((item) => addObject(item, path, copies(alternatives), true));
      if (alternatives.length > MAX_ALTERNATIVES) {
        throw new PatternError(
          `Rule is too complex: its $or make more than ${MAX_ALTERNATIVES} combinations`,
        );
      }
      continue;
    }
    if (inOr && RESERVED_IN_OR.has(name)) {
      throw new PatternError(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    }
    const steps = [...path, name];
    if (value.kind === "object") alternatives = addObject(value, steps, alternatives, inOr);
    else if (value.kind === "array") addLeaf(value.items, steps.join("."), alternatives);
    else throw new PatternError(`"${name}" must be an object or an array`);
  }
  return alternatives;
}

function addLeaf(items: readonly JsonText[], path: string, alternatives: readonly Alternative[]): void {
  if (items.length === 0) throw new PatternError("Empty arrays are not allowed");
  const tests = items.map(compileLeaf);
  // A field that is named twice has the tests that were named last.
  for (const alternative of alternatives) alternative.set(path, tests);
}

function copies(alternatives: readonly Alternative[]): readonly Alternative[] {
  return alternatives.map((alternative) => new Map(alternative));
}

/** `$or` is an operator only before two or more objects without operator names; else it is a field like any other. */
function isOr(value: JsonText): value is { kind: "array"; items: readonly ObjectText[] } {
  return (
    value.kind === "array" &&
    value.items.length >= 2 &&
    value.items.every(
      (item) => item.kind === "object" && !item.members.some(([name]) => RESERVED_IN_OR.has(name)),
    )
  );
}

const RESERVED_IN_OR: ReadonlySet<string> = new Set([
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
  "cidr",
  "html",
  "=",
  "<",
  "<=",
  ">",
  ">=",
  "regex",
  "not-wildcard",
  "not-equals-ignore-case",
  "date-after",
  "date-on-or-after",
  "date-before",
  "date-on-or-before",
  "in-date-range",
  "ip-address-in-range",
  "ip-address-not-in-range",
]);
