import { cidrBlocks } from "./cidr-blocks.ts";
import { isObject, splitAttribute } from "./read-document.ts";
import { substitutions } from "./substitutions.ts";
import { templateError } from "./template-error.ts";

/** What the world answers to a template while its functions are worked out. Each method throws AwsError ValidationError. */
export interface Scope {
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly languageExtensions: boolean;
  /** Availability zones of a region, e.g. us-east-1a. */
  zones(region: string): readonly string[];
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  readonly condition: (name: string) => boolean;
  importValue(exportName: string): string;
}

/** What {"Ref": "AWS::NoValue"} stands for: the property or list item that holds it is left out. */
export const NO_VALUE = Symbol("AWS::NoValue");

/**
 * Works out all functions in a value. Objects and lists are copied without what is AWS::NoValue.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 * @throws AwsError ValidationError
 */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const call = functionCall(value);
  if (call !== undefined) return apply(call.name, call.argument, scope);
  const entries = Object.entries(value).map(([name, item]) => [name, evaluate(item, scope)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}

/** A value that is one function, like {"Ref": "X"} or {"Fn::Sub": ...}. */
export function functionCall(
  value: Record<string, unknown>,
): { name: string; argument: unknown } | undefined {
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) return undefined;
  if (name === "Ref" || name === "Condition" || name.startsWith("Fn::"))
    return { name, argument: value[name] };
  return undefined;
}

/** The logical id and the attribute of an Fn::GetAtt. */
export function attributeReference(argument: unknown): [string, unknown] {
  if (typeof argument === "string") return splitAttribute(argument);
  if (Array.isArray(argument) && typeof argument[0] === "string" && argument.length >= 2) {
    const [logicalId, first, ...rest] = argument as [string, unknown, ...unknown[]];
    return [logicalId, rest.length === 0 ? first : [first, ...rest].join(".")];
  }
  throw templateError(
    "Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
  );
}

type IntrinsicFunction = (argument: unknown, scope: Scope) => unknown;

function apply(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = Object.hasOwn(functions, name) ? functions[name] : undefined;
  // {"Condition": "IsProd"} is a function inside Conditions only; IAM statements have a Condition of their own.
  if (name === "Condition" && typeof argument !== "string") return { Condition: evaluate(argument, scope) };
  if (intrinsic === undefined) throw templateError(`${name} is not a function that the local cloud knows`);
  return intrinsic(argument, scope);
}

const functions: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, scope) => scope.ref(text(argument, "Ref")),
  Condition: (argument, scope) => scope.condition(text(argument, "Condition")),
  "Fn::GetAtt": (argument, scope) => {
    const [logicalId, attribute] = attributeReference(argument);
    return scope.getAtt(logicalId, text(evaluate(attribute, scope), "Fn::GetAtt"));
  },
  "Fn::Sub": (argument, scope) => {
    const { template, variables } = subArguments(argument);
    const own = new Map(Object.entries(variables).map(([name, value]) => [name, evaluate(value, scope)]));
    return substitutions(template).replace((name) => {
      if (own.has(name)) return text(own.get(name), "Fn::Sub");
      if (!name.includes(".")) return text(scope.ref(name), "Fn::Sub");
      return text(scope.getAtt(...splitAttribute(name)), "Fn::Sub");
    });
  },
  "Fn::Join": (argument, scope) => {
    const [delimiter, values] = Array.isArray(argument) ? (argument as unknown[]) : [];
    const items = evaluate(values, scope);
    if (typeof delimiter !== "string" || !Array.isArray(items)) {
      throw templateError("every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined."); // prettier-ignore
    }
    return items.map((item) => text(item, "Fn::Join")).join(delimiter);
  },
  "Fn::Select": (argument, scope) => {
    const [index, values] = Array.isArray(argument) ? (argument as unknown[]) : [];
    const position = Number(evaluate(index, scope));
    const items = evaluate(values, scope);
    if (!Array.isArray(items) || !Number.isInteger(position)) {
      throw templateError(
        "Fn::Select requires a list argument with two elements: an integer index and a list",
      );
    }
    if (position < 0 || position >= items.length) {
      throw templateError(`Fn::Select  cannot select nonexistent value at index ${position}`);
    }
    return items[position] as unknown;
  },
  "Fn::Split": (argument, scope) => {
    const [delimiter, source] = Array.isArray(argument) ? (argument as unknown[]) : [];
    if (typeof delimiter !== "string" || delimiter === "") {
      throw templateError("every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split."); // prettier-ignore
    }
    return text(evaluate(source, scope), "Fn::Split").split(delimiter);
  },
  "Fn::FindInMap": (argument, scope) => {
    const keys = evaluate(argument, scope);
    if (!Array.isArray(keys) || keys.length < 3) {
      throw templateError("every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value"); // prettier-ignore
    }
    const [mapName, topKey, secondKey] = keys.slice(0, 3).map((key) => text(key, "Fn::FindInMap")) as [
      string,
      string,
      string,
    ];
    const map = member(scope.mappings, mapName);
    const found = member(member(map, topKey), secondKey);
    if (found !== undefined) return found;
    const fallback: unknown = keys[3];
    if (scope.languageExtensions && isObject(fallback) && "DefaultValue" in fallback)
      return fallback["DefaultValue"];
    if (map === undefined)
      throw templateError(`Mapping named '${mapName}' is not present in the 'Mappings' section of template.`);
    throw templateError(`Unable to get mapping for ${mapName}::${topKey}::${secondKey}`);
  },
  "Fn::GetAZs": (argument, scope) => {
    const region = text(evaluate(argument, scope), "Fn::GetAZs");
    return scope.zones(region === "" ? text(scope.ref("AWS::Region"), "Fn::GetAZs") : region);
  },
  "Fn::Cidr": (argument, scope) => {
    const values = evaluate(argument, scope);
    const [block, count, hostBits] = Array.isArray(values) ? (values as unknown[]) : [];
    return cidrBlocks(
      text(block, "Fn::Cidr"),
      Number(count),
      hostBits === undefined ? undefined : Number(hostBits),
    );
  },
  "Fn::Base64": (argument, scope) =>
    Buffer.from(text(evaluate(argument, scope), "Fn::Base64")).toString("base64"),
  "Fn::ImportValue": (argument, scope) =>
    scope.importValue(text(evaluate(argument, scope), "Fn::ImportValue")),
  "Fn::If": (argument, scope) => {
    if (!Array.isArray(argument) || argument.length !== 3)
      throw templateError("Fn::If requires a list argument with three elements");
    const [name, whenTrue, whenFalse] = argument as unknown[];
    return evaluate(scope.condition(text(name, "Fn::If")) ? whenTrue : whenFalse, scope);
  },
  "Fn::Equals": (argument, scope) => {
    const values = Array.isArray(argument) ? argument.map((item) => evaluate(item, scope)) : [];
    if (values.length !== 2) throw templateError("Fn::Equals requires a list argument with two elements");
    return JSON.stringify(asText(values[0])) === JSON.stringify(asText(values[1]));
  },
  "Fn::And": (argument, scope) => booleans("Fn::And", argument, scope).every(Boolean),
  "Fn::Or": (argument, scope) => booleans("Fn::Or", argument, scope).some(Boolean),
  "Fn::Not": (argument, scope) => {
    if (!Array.isArray(argument) || argument.length !== 1)
      throw templateError("Fn::Not requires a list argument with one element");
    return !isTrue(evaluate(argument[0], scope));
  },
  "Fn::Length": (argument, scope) => {
    requireExtensions("Fn::Length", scope);
    const items = evaluate(argument, scope);
    if (!Array.isArray(items)) throw templateError("Fn::Length requires a list");
    return items.length;
  },
  "Fn::ToJsonString": (argument, scope) => {
    requireExtensions("Fn::ToJsonString", scope);
    return JSON.stringify(evaluate(argument, scope));
  },
};

/** The two forms of Fn::Sub: a string, or a string with a map of variables. */
export function subArguments(argument: unknown): { template: string; variables: Record<string, unknown> } {
  if (typeof argument === "string") return { template: argument, variables: {} };
  const [template, variables] = Array.isArray(argument) ? (argument as unknown[]) : [];
  if (typeof template === "string" && isObject(variables)) return { template, variables };
  throw templateError("One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string"); // prettier-ignore
}

function booleans(name: string, argument: unknown, scope: Scope): boolean[] {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
    throw templateError(
      `every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
  return argument.map((item) => isTrue(evaluate(item, scope)));
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

function requireExtensions(name: string, scope: Scope): void {
  if (!scope.languageExtensions) throw templateError(`${name} needs the transform AWS::LanguageExtensions`);
}

/** Members by own name only: a map has no `constructor`. */
function member(map: unknown, name: unknown): unknown {
  return isObject(map) && typeof name === "string" && Object.hasOwn(map, name) ? map[name] : undefined;
}

/** CloudFormation compares and joins numbers and booleans as the text that they were written with. */
function asText(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function text(value: unknown, functionName: string): string {
  const scalar = asText(value);
  if (typeof scalar === "string") return scalar;
  throw templateError(`${functionName} expression does not resolve to a string`);
}
