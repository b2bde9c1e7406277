import type { Properties, ResourceProvider } from "../../cloudformation/resource-provider.ts";
import type { ResourceSchema } from "../schemas/resource-schema.ts";

/**
 * What AWS's resource schema refuses in a resource's properties, in the words of its validator. A property that AWS has and
 * the provider does not is no problem here: it is listed as not supported.
 */
export function propertyProblems(
  provider: ResourceProvider,
  schema: ResourceSchema | undefined,
  properties: Properties,
): string[] {
  const required = new Set([...(provider.required ?? []), ...(schema?.required ?? [])]);
  const missing = [...required].filter((name) => properties[name] === undefined).sort();
  const isKnown = (name: string) =>
    Object.hasOwn(provider.properties, name) ||
    schema === undefined ||
    Object.hasOwn(schema.properties, name);
  const extraneous = Object.keys(properties).filter((name) => !isKnown(name));
  return [
    ...missing.map((name) => `#: required key [${name}] not found`),
    ...extraneous.map((name) => `#: extraneous key [${name}] is not permitted`),
  ];
}
