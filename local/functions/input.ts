import { AwsError } from "../gateway/aws-error.ts";

/** Reads members of a request or of CloudFormation properties, which give numbers and booleans as text too. */

export type Input = Readonly<Record<string, unknown>>;

export function text(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw invalid(
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: Member must be a string`,
  );
}

/** @throws AwsError where it is absent */
export function requiredText(input: Input, name: string): string {
  const value = text(input, name);
  if (value === undefined || value === "") {
    throw invalid(
      `1 validation error detected: Value null at '${lowerFirst(name)}' failed to satisfy constraint: Member must not be null`,
    );
  }
  return value;
}

/** A whole number within its limits. @throws AwsError ValidationException */
export function integer(
  input: Input,
  name: string,
  limits: { min: number; max: number },
): number | undefined {
  const given = text(input, name);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (Number.isInteger(value) && value >= limits.min && value <= limits.max) return value;
  const rule =
    value < limits.min ? `greater than or equal to ${limits.min}` : `less than or equal to ${limits.max}`;
  throw invalid(
    `1 validation error detected: Value '${given}' at '${lowerFirst(name)}' failed to satisfy constraint: Member must have value ${rule}`,
  );
}

export function flag(input: Input, name: string): boolean | undefined {
  const value = text(input, name);
  return value === undefined ? undefined : value === "true";
}

export function section(input: Input, name: string): Input | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "object" && !Array.isArray(value)) return { ...value };
  throw invalid(
    `1 validation error detected: Value at '${lowerFirst(name)}' failed to satisfy constraint: Member must be a structure`,
  );
}

export function list(input: Input, name: string): readonly unknown[] | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value;
  throw invalid(
    `1 validation error detected: Value at '${lowerFirst(name)}' failed to satisfy constraint: Member must be a list`,
  );
}

export function textMap(input: Input, name: string): Record<string, string> | undefined {
  const map = section(input, name);
  if (map === undefined) return undefined;
  return Object.fromEntries(Object.keys(map).map((key) => [key, text(map, key) ?? ""]));
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
