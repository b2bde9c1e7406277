import type { ResourceSchema } from "../schemas/resource-schema.ts";
import { isPseudoParameter } from "./pseudo-parameters.ts";
import { conditionsIn, referencesIn, type Reference } from "./references.ts";
import { formatError, templateError, validationError } from "./template-error.ts";
import type { Template } from "./template.ts";

/** What the cloud knows of resource types. */
export interface KnownTypes {
  isKnown(type: string): boolean;
  schemaOf(type: string): ResourceSchema | undefined;
}

/**
 * Refuses what CloudFormation refuses before it touches anything: unknown types, names that nothing answers to, in any branch.
 * @throws AwsError ValidationError
 */
export function checkTemplate(template: Template, types: KnownTypes): void {
  const unknown = Object.entries(template.resources).filter(([, { type }]) => !types.isKnown(type));
  if (unknown.length > 0) {
    const names = [...new Set(unknown.map(([, { type }]) => type))].join(", ");
    const ids = unknown.map(([logicalId]) => logicalId).join(", ");
    throw formatError(
      `Unrecognized resource types: [${names}] (of ${ids}; the local cloud may lack what AWS has)`,
    );
  }
  for (const name of Object.keys(template.parameters)) {
    if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Parameter name ${name} is non alphanumeric.`);
  }
  checkConditions(template);
  const resources = Object.entries(template.resources);
  const dependsOn = resources
    .flatMap(([, resource]) => resource.dependsOn)
    .map((name) => ({ name, attribute: "DependsOn" }));
  const inResources = resources.flatMap(([, resource]) => referencesIn(resource.properties));
  const inOutputs = Object.values(template.outputs).flatMap(({ value, exportName }) =>
    referencesIn([value, exportName]),
  );
  refuseUnresolved(template, [...inResources, ...dependsOn], "Resources");
  refuseUnresolved(template, inOutputs, "Outputs");
  for (const reference of [...inResources, ...inOutputs]) checkAttribute(template, reference, types);
}

function refuseUnresolved(template: Template, references: readonly Reference[], block: string): void {
  const unresolved = references.filter(({ name, attribute }) => {
    if (Object.hasOwn(template.resources, name)) return false;
    return attribute !== undefined || !(Object.hasOwn(template.parameters, name) || isPseudoParameter(name));
  });
  const names = [...new Set(unresolved.map(({ name }) => name))];
  if (names.length > 0)
    throw formatError(
      `Unresolved resource dependencies [${names.join(", ")}] in the ${block} block of the template`,
    );
}

function checkConditions(template: Template): void {
  const conditions = Object.values(template.conditions);
  const references = referencesIn(conditions);
  const wrong = references.filter(
    ({ name }) => !Object.hasOwn(template.parameters, name) && !isPseudoParameter(name),
  );
  if (wrong.length > 0) {
    const names = [...new Set(wrong.map(({ name }) => name))].join(", ");
    throw formatError(
      `Unresolved dependencies [${names}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
  const resources = Object.values(template.resources);
  const outputs = Object.values(template.outputs);
  const blocks = [
    ["Conditions", conditionsIn(conditions)],
    [
      "Resources",
      [
        ...conditionsIn(resources.map(({ properties }) => properties)),
        ...resources.flatMap(({ condition }) => condition ?? []),
      ],
    ],
    [
      "Outputs",
      [
        ...conditionsIn(outputs.map(({ value }) => value)),
        ...outputs.flatMap(({ condition }) => condition ?? []),
      ],
    ],
  ] as const;
  for (const [block, names] of blocks) {
    const unknown = names.find((name) => !Object.hasOwn(template.conditions, name));
    if (unknown !== undefined) {
      throw validationError(
        `Template format error: Unresolved condition dependency ${unknown} in the ${block} block of the template`,
      );
    }
  }
}

/** Fn::GetAtt answers read-only attributes, and for many types properties too. */
function checkAttribute(template: Template, { name, attribute }: Reference, types: KnownTypes): void {
  const resource = template.resources[name];
  if (attribute === undefined || resource === undefined) return;
  const schema = types.schemaOf(resource.type);
  if (schema === undefined) return;
  const [top = ""] = attribute.split(".");
  if (schema.attributes.includes(attribute) || Object.hasOwn(schema.properties, top)) return;
  throw templateError(`resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
}
