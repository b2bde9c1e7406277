import { attributeReference, functionCall, subArguments } from "./intrinsics.ts";
import { isObject, splitAttribute } from "./read-document.ts";
import { substitutions } from "./substitutions.ts";

/** A name that a value points to: by Ref (a parameter, a pseudo parameter or a resource) or by Fn::GetAtt (a resource). */
export interface Reference {
  readonly name: string;
  readonly attribute?: string;
}

/**
 * All names that a value points to, in order of appearance. With `takes`, only the branches of Fn::If that are taken.
 * @throws AwsError ValidationError for functions with arguments that make no sense
 */
export function referencesIn(value: unknown, takes?: (condition: string) => boolean): Reference[] {
  if (Array.isArray(value)) return value.flatMap((item) => referencesIn(item, takes));
  if (!isObject(value)) return [];
  const call = functionCall(value);
  if (call === undefined) return Object.values(value).flatMap((member) => referencesIn(member, takes));
  const { name, argument } = call;
  if (name === "Ref") return typeof argument === "string" ? [{ name: argument }] : [];
  if (name === "Fn::GetAtt") {
    const [logicalId, attribute] = attributeReference(argument);
    if (typeof attribute === "string") return [{ name: logicalId, attribute }];
    return [{ name: logicalId }, ...referencesIn(attribute, takes)];
  }
  if (name === "Fn::Sub") return referencesInSub(argument, takes);
  if (name === "Fn::If" && takes !== undefined && Array.isArray(argument)) {
    return referencesIn(argument[takes(String(argument[0])) ? 1 : 2], takes);
  }
  return referencesIn(argument, takes);
}

function referencesInSub(argument: unknown, takes?: (condition: string) => boolean): Reference[] {
  const { template, variables } = subArguments(argument);
  const places = substitutions(template).names.filter((name) => !Object.hasOwn(variables, name));
  return [
    ...referencesIn(Object.values(variables), takes),
    ...places.map((place) => {
      const [name, attribute] = splitAttribute(place);
      return attribute === "" ? { name } : { name, attribute };
    }),
  ];
}

/** The names of conditions that a value asks for, by Fn::If or, inside Conditions, by {"Condition": name}. */
export function conditionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(conditionsIn);
  if (!isObject(value)) return [];
  const call = functionCall(value);
  if (call?.name === "Condition" && typeof call.argument === "string") return [call.argument];
  if (call?.name === "Fn::If" && Array.isArray(call.argument) && typeof call.argument[0] === "string") {
    return [call.argument[0], ...conditionsIn(call.argument.slice(1))];
  }
  return Object.values(value).flatMap(conditionsIn);
}
