import { AwsError } from "../aws-error.ts";
import { type ConstraintTable, type Shape, shapeOf } from "./constraint-table.ts";
import { brokenLimits, brokenRules, isScalar, rulesOf, wrongType } from "./scalar-rules.ts";

/** One thing that is wrong with an input. */
export interface Violation {
  /** As AWS writes it: `containerDefinitions.1.member.name`. */
  readonly path: string;
  /** The member's own name, as it was sent. */
  readonly member: string;
  readonly missing: boolean;
  /** E.g. Value null at 'name' failed to satisfy constraint: Member must not be null */
  readonly text: string;
}

/**
 * Everything in an input that breaks its model, in the order of the model's members.
 * @param fromText whether numbers and booleans come as text (forms, query strings)
 * @throws AwsError SerializationException at the first value of a wrong type, as AWS does not get to the rules then
 */
export function violationsOf(
  table: ConstraintTable,
  operation: string,
  input: unknown,
  fromText: boolean,
): Violation[] {
  const name = Object.hasOwn(table.operations, operation) ? table.operations[operation] : undefined;
  return name === undefined ? [] : inShape({ table, fromText }, name, input, []);
}

interface Check {
  readonly table: ConstraintTable;
  readonly fromText: boolean;
}

function inShape(check: Check, name: string, sent: unknown, path: readonly string[]): Violation[] {
  const shape = shapeOf(check.table, name);
  // A form has no word for an empty list or structure, a query string none for a list of one.
  if (check.fromText && sent === "" && !isScalar(shape)) return [];
  const value = check.fromText && shape.type === "list" && typeof sent === "string" ? [sent] : sent;
  const mistake = wrongType(shape, value, check.fromText);
  if (mistake !== undefined) throw new AwsError("SerializationException", mistake);
  if (shape.type === "structure") return inStructure(check, shape, value as object, path);
  if (shape.type === "list") return inList(check, shape, value as unknown[], path);
  if (shape.type === "map") return inMap(check, shape, value as object, path);
  return isScalar(shape)
    ? brokenRules(shape, value).map((rule) => violation(path, shape.sensitive ? undefined : value, rule))
    : [];
}

function inStructure(
  check: Check,
  shape: Extract<Shape, { type: "structure" }>,
  value: object,
  path: readonly string[],
): Violation[] {
  const given = value as Readonly<Record<string, unknown>>;
  return Object.entries(shape.members).flatMap(([member, memberShape]) => {
    const memberValue = Object.hasOwn(given, member) ? given[member] : undefined;
    const inner = [...path, member];
    if (memberValue !== undefined && memberValue !== null) {
      return inShape(check, memberShape, memberValue, inner);
    }
    if (shape.required?.includes(member) !== true) return [];
    return [violation(inner, null, "Member must not be null")];
  });
}

function inList(
  check: Check,
  shape: Extract<Shape, { type: "list" }>,
  values: readonly unknown[],
  path: readonly string[],
): Violation[] {
  const size = brokenLimits(shape, values.length, "length").map((rule) => violation(path, values, rule));
  const inner = values.flatMap((value, index) =>
    inShape(check, shape.member, value, [...path, String(index + 1), "member"]),
  );
  // Of texts and numbers AWS tells the list, and all of the rules.
  if (inner.length === 0 || !isScalar(shapeOf(check.table, shape.member))) return [...size, ...inner];
  const rules = rulesOf(check.table, shape.member);
  return [...size, violation(path, values, `Member must satisfy constraint: [${rules}]`)];
}

function inMap(
  check: Check,
  shape: Extract<Shape, { type: "map" }>,
  value: object,
  path: readonly string[],
): Violation[] {
  const entries = Object.entries(value);
  const size = brokenLimits(shape, entries.length, "length").map((rule) => violation(path, value, rule));
  const keys = entries.flatMap(([key]) => inShape(check, shape.key, key, path));
  const values = entries.flatMap(([key, each]) =>
    inShape(check, shape.value, each, [...path, key, "member"]),
  );
  const ofKeys =
    keys.length === 0
      ? []
      : [violation(path, value, `Map keys must satisfy constraint: [${rulesOf(check.table, shape.key)}]`)];
  if (values.length === 0 || !isScalar(shapeOf(check.table, shape.value)))
    return [...size, ...ofKeys, ...values];
  const rule = `Map value must satisfy constraint: [${rulesOf(check.table, shape.value)}]`;
  return [...size, ...ofKeys, violation(path, value, rule)];
}

/** @param value undefined where it is a secret */
function violation(path: readonly string[], value: unknown, rule: string): Violation {
  const written = path.map(lowerFirst).join(".");
  const told = value === undefined ? "" : value === null ? " null" : ` '${shown(value)}'`;
  return {
    path: written,
    member: path.findLast((step) => step !== "member" && !/^\d+$/.test(step)) ?? "",
    missing: value === null,
    text: `Value${told} at '${written}' failed to satisfy constraint: ${rule}`,
  };
}

/** As Java prints lists and maps. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}=${shown(member)}`)
    .join(", ")}}`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
