import { type ConstraintTable, type Limits, type Shape, shapeOf, wholeText } from "./constraint-table.ts";

type Scalar = Exclude<
  Shape,
  { readonly members: unknown } | { readonly member: string } | { readonly key: string }
>;

export function isScalar(shape: Shape): shape is Scalar {
  return shape.type !== "structure" && shape.type !== "list" && shape.type !== "map";
}

/** How a shape that is only text or number is told of in a list: all that it has to satisfy. */
export function rulesOf(table: ConstraintTable, name: string): string {
  const shape = shapeOf(table, name);
  if (!isScalar(shape)) return "";
  const kind = isNumber(shape) ? "value" : "length";
  return [
    ...(shape.max === undefined ? [] : [`Member must have ${kind} less than or equal to ${shape.max}`]),
    ...(shape.min === undefined ? [] : [`Member must have ${kind} greater than or equal to ${shape.min}`]),
    ...(shape.pattern === undefined ? [] : [patternRule(shape.pattern)]),
    ...(shape.enum === undefined ? [] : [enumRule(shape.enum)]),
  ].join(", ");
}

/** The rules that a text or number breaks, in AWS's words. */
export function brokenRules(shape: Scalar, value: unknown): string[] {
  const number = isNumber(shape);
  const measure = number ? Number(value) : lengthOf(shape, value);
  const broken = measure === undefined ? [] : brokenLimits(shape, measure, number ? "value" : "length");
  if (typeof value !== "string") return broken;
  if (shape.pattern !== undefined && !wholeText(shape.pattern).test(value)) {
    broken.push(patternRule(shape.pattern));
  }
  if (shape.enum !== undefined && !shape.enum.includes(value)) broken.push(enumRule(shape.enum));
  return broken;
}

export function brokenLimits(limits: Limits, measure: number, kind: "length" | "value"): string[] {
  if (limits.max !== undefined && measure > limits.max) {
    return [`Member must have ${kind} less than or equal to ${limits.max}`];
  }
  if (limits.min !== undefined && measure < limits.min) {
    return [`Member must have ${kind} greater than or equal to ${limits.min}`];
  }
  return [];
}

/** What AWS's parsers say of a value that is not of its shape's type; undefined where it is. `fromText`: all leaves are text. */
export function wrongType(shape: Shape, value: unknown, fromText: boolean): string | undefined {
  if (shape.type === "structure" || shape.type === "map") {
    if (typeof value === "object" && !Array.isArray(value)) return undefined;
    return Array.isArray(value) ? "Start of list found where not expected" : "Unexpected field type";
  }
  if (shape.type === "list") return Array.isArray(value) ? undefined : "Expected list or null";
  if (shape.type === "jsonvalue") return undefined;
  if (typeof value === "object" && !isBinary(value)) {
    if (shape.type === "timestamp" && value instanceof Date) return undefined;
    return Array.isArray(value)
      ? "Start of list found where not expected"
      : "Start of structure or map found where not expected.";
  }
  if (shape.type === "string" || shape.type === "blob") {
    return typeof value === "string" || isBinary(value) ? undefined : notConvertible(value, "a String");
  }
  if (shape.type === "timestamp") return undefined;
  if (shape.type === "boolean") {
    const said = typeof value === "boolean" || (fromText && (value === "true" || value === "false"));
    return said ? undefined : notConvertible(value, "a Boolean");
  }
  const whole = shape.type === "integer" || shape.type === "long";
  const number = fromText && typeof value === "string" && value !== "" ? Number(value) : value;
  const holds = typeof number === "number" && (whole ? Number.isInteger(number) : !Number.isNaN(number));
  const names = { integer: "an Integer", long: "a Long", double: "a Double", float: "a Float" };
  return holds ? undefined : notConvertible(value, names[shape.type]);
}

function notConvertible(value: unknown, type: string): string {
  const token =
    typeof value === "string"
      ? "STRING_VALUE"
      : typeof value === "boolean"
        ? `${String(value).toUpperCase()}_VALUE`
        : Number.isInteger(value)
          ? "NUMBER_VALUE"
          : "DECIMAL_VALUE";
  return `${token} can not be converted to ${type}`;
}

function isBinary(value: unknown): boolean {
  return value instanceof Uint8Array;
}

/** Bytes count once they are decoded. */
function lengthOf(shape: Scalar, value: unknown): number | undefined {
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== "string") return undefined;
  return shape.type === "blob" ? Buffer.byteLength(value, "base64") : value.length;
}

function isNumber(shape: Scalar): boolean {
  return (
    shape.type === "integer" || shape.type === "long" || shape.type === "double" || shape.type === "float"
  );
}

function patternRule(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`;
}

function enumRule(values: readonly string[]): string {
  return `Member must satisfy enum value set: [${values.join(", ")}]`;
}
