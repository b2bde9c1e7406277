import { isObject } from "../template/read-document.ts";
import type { GivenParameter } from "../template/parameters.ts";
import { validationError } from "../template/template-error.ts";

type Input = Readonly<Record<string, unknown>>;

export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** @throws AwsError ValidationError */
export function requiredText(input: Input, name: string): string {
  const value = optionalText(input, name);
  if (value !== undefined) return value;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw validationError(
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

export function isTrue(input: Input, name: string): boolean {
  return input[name] === "true";
}

/** An empty list arrives as an empty text. */
export function textList(input: Input, name: string): string[] {
  const value = input[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function givenParameters(input: Input): GivenParameter[] {
  return objectList(input, "Parameters").map((item) => {
    const value = item["ParameterValue"];
    return {
      key: requiredText(item, "ParameterKey"),
      ...(typeof value === "string" ? { value } : {}),
      usePreviousValue: isTrue(item, "UsePreviousValue"),
    };
  });
}

/** Absent where the caller did not speak of tags: an update keeps them then. */
export function givenTags(input: Input): Record<string, string> | undefined {
  if (input["Tags"] === undefined) return undefined;
  return Object.fromEntries(
    objectList(input, "Tags").map((tag) => [requiredText(tag, "Key"), optionalText(tag, "Value") ?? ""]),
  );
}

function objectList(input: Input, name: string): Record<string, unknown>[] {
  const value = input[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}
