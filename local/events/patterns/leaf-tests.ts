import { contains, parseCidr, parseIp, type IpRange } from "./ip-address.ts";
import type { JsonText } from "./json-text.ts";
import { numericTest, numberOf } from "./numeric-test.ts";
import { PatternError } from "./pattern-error.ts";
import { endsWith, ignoringCase, quoted, startsWith, type TextTest, wildcard } from "./text-tests.ts";

/** One member of a leaf array: a test of the value's JSON text, or the wish that the field be absent. */
export type LeafTest = TextTest | "absent";

/**
 * Compiles one member of a pattern's leaf array.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 * @throws PatternError
 */
export function compileLeaf(member: JsonText): LeafTest {
  switch (member.kind) {
    case "object":
      return compileOperator(member.members);
    case "string":
      return literalString(member.value);
    case "array":
      throw new PatternError("Match value must be String, number, true, false, or null");
    case "number":
      return literalNumber(member.text);
    case "boolean":
    case "null":
      return (text) => text === member.text;
  }
}

/** An address literal matches every way of writing that address. */
function literalString(value: string): TextTest {
  const ip = parseIp(value);
  return ip === undefined ? (text) => text === quoted(value) : isWithin(ip);
}

/**
 * A literal number matches the number however it is written, and its own text where it is too great for a double. The user guide says that
 * 300 and 300.0 differ; AWS's matcher compiles both tests. https://github.com/aws/event-ruler (JsonRuleCompiler)
 */
function literalNumber(literal: string): TextTest {
  const number = numberOf(literal);
  return (text) => text === literal || (number !== undefined && numberOf(text) === number);
}

function isWithin(range: IpRange): TextTest {
  return (text) => {
    const ip = text.startsWith('"') ? parseIp(text.slice(1, -1)) : undefined;
    return ip !== undefined && contains(range, ip);
  };
}

type Members = Extract<JsonText, { kind: "object" }>["members"];

function onlyMember(members: Members): readonly [string, JsonText] {
  const [member, ...others] = members;
  if (member === undefined) throw new PatternError("Match expression name not found");
  if (others.length > 0) throw new PatternError("Only one key allowed in match expression");
  return member;
}

function compileOperator(members: Members): LeafTest {
  const [operator, argument] = onlyMember(members);
  switch (operator) {
    case "exactly": {
      const value = quoted(stringOf(argument, "exact match"));
      return (text) => text === value;
    }
    case "prefix":
      return edge(argument, "prefix", startsWith);
    case "suffix":
      return edge(argument, "suffix", endsWith);
    case "equals-ignore-case":
      return ignoringCase(stringOf(argument, operator), "whole");
    case "wildcard":
      return wildcard(stringOf(argument, operator));
    case "cidr":
      return cidr(stringOf(argument, operator));
    case "numeric":
      return numericTest(argument);
    case "anything-but":
      return anythingBut(argument);
    case "exists":
      if (argument.kind !== "boolean")
        throw new PatternError("exists match pattern must be either true or false.");
      return argument.text === "true" ? () => true : "absent";
    default:
      throw new PatternError(`Unrecognized match type ${operator}`);
  }
}

function stringOf(argument: JsonText, operator: string): string {
  if (argument.kind !== "string") throw new PatternError(`${operator} match pattern must be a string`);
  return argument.value;
}

function edge(
  argument: JsonText,
  operator: "prefix" | "suffix",
  exact: (value: string) => TextTest,
): TextTest {
  if (argument.kind !== "object") return exact(stringOf(argument, operator));
  const [inner, value] = onlyMember(argument.members);
  if (inner !== "equals-ignore-case") throw new PatternError(`Unsupported ${operator} pattern: ${inner}`);
  return ignoringCase(stringOf(value, inner), operator);
}

function cidr(block: string): TextTest {
  try {
    return isWithin(parseCidr(block));
  } catch (error) {
    if (error instanceof RangeError) throw new PatternError(error.message);
    throw error;
  }
}

/** True for every value of a present field, of any type, but those that the argument describes. */
function anythingBut(argument: JsonText): TextTest {
  const excluded =
    argument.kind === "object" ? excludedBy(onlyMember(argument.members)) : excludedValues(argument);
  return (text) => !excluded.some((test) => test(text));
}

function excludedValues(argument: JsonText): TextTest[] {
  const values = argument.kind === "array" ? argument.items : [argument];
  const kinds = new Set(values.map((value) => value.kind));
  const [kind] = kinds;
  if (kinds.size !== 1 || (kind !== "string" && kind !== "number")) {
    throw new PatternError(
      "Inside anything but list, either all values are number or string, mixed type is not supported",
    );
  }
  return values.map((value) => {
    if (value.kind === "string") return (text) => text === quoted(value.value);
    const number = value.kind === "number" ? numberOf(value.text) : undefined;
    return (text) => number !== undefined && numberOf(text) === number;
  });
}

function excludedBy([operator, argument]: readonly [string, JsonText]): TextTest[] {
  const test = EXCLUSIONS.get(operator);
  if (test === undefined) throw new PatternError(`Unsupported anything-but pattern: ${operator}`);
  const values = argument.kind === "array" ? argument.items : [argument];
  if (values.length === 0) throw new PatternError("Empty arrays are not allowed");
  return values.map((value) => test(stringOf(value, operator)));
}

const EXCLUSIONS: ReadonlyMap<string, (value: string) => TextTest> = new Map([
  ["equals-ignore-case", (value: string) => ignoringCase(value, "whole")],
  ["wildcard", wildcard],
  ["prefix", (value: string) => startsWith(filled(value))],
  ["suffix", (value: string) => endsWith(filled(value))],
]);

function filled(value: string): string {
  if (value === "") throw new PatternError("Null prefix/suffix not allowed");
  return value;
}
