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

/** What `$or` is in a pattern. */
type OrIs = "operator" | "field";

/**
 * Checks and compiles an event pattern, once per rule. Either each `$or` in it is the operator or, where that makes no
 * pattern, each is a field like any other. https://github.com/aws/event-ruler, "$or"
 * @throws PatternError that says what EventBridge does not take
 */
export function compilePattern(pattern: string): CompiledPattern {
  const parsed = parsePattern(pattern);
  if (parsed.kind !== "object") throw new PatternError("Filter is not an object");
  try {
    return compileObject(parsed, "operator");
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    try {
      return compileObject(parsed, "field");
    } catch {
      throw error;
    }
  }
}

function compileObject(object: ObjectText, orIs: OrIs): CompiledPattern {
  const alternatives = addObject(object, { path: [], orIs, inOr: false }, [new Map()]);
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

interface Place {
  readonly path: readonly string[];
  readonly orIs: OrIs;
  readonly inOr: boolean;
}

function addObject(object: ObjectText, place: Place, given: readonly Alternative[]): readonly Alternative[] {
  if (object.members.length === 0) throw new PatternError("Empty objects are not allowed");
  let alternatives = given;
  for (const [name, value] of object.members) {
    if (name === "$or" && place.orIs === "operator") {
      alternatives = addOr(value, place, alternatives);
      continue;
    }
    if (place.inOr && RESERVED_IN_OR.has(name)) {
      throw new PatternError(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
    }
    const path = [...place.path, name];
    if (value.kind === "object") alternatives = addObject(value, { ...place, path }, alternatives);
    else if (value.kind === "array") addLeaf(value.items, path.join("."), alternatives);
    else throw new PatternError(`"${name}" must be an object or an array`);
  }
  return alternatives;
}

function addOr(value: JsonText, place: Place, given: readonly Alternative[]): readonly Alternative[] {
  if (value.kind !== "array" || value.items.length < 2)
    throw new PatternError("There must have at least 2 Objects in $or relationship.");
  const alternatives = value.items.flatMap((item) => {
    if (item.kind !== "object")
      throw new PatternError("Only objects are allowed in array of $or relationship.");
    return addObject(item, { ...place, inOr: true }, copies(given));
  });
  if (alternatives.length > MAX_ALTERNATIVES)
    throw new PatternError(`Rule is too complex: its $or make more than ${MAX_ALTERNATIVES} combinations`);
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
