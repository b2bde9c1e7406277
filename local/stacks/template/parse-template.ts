import { notImplemented } from "../../gateway/aws-error.ts";
import { isObject, readDocument } from "./read-document.ts";
import { formatError, templateError, validationError } from "./template-error.ts";
import type {
  DeletionPolicy,
  Template,
  TemplateOutput,
  TemplateParameter,
  TemplateResource,
} from "./template.ts";

/**
 * Reads a template's text and checks its form; names and types are checked by checkTemplate.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 * @throws AwsError ValidationError, in CloudFormation's words
 */
export function parseTemplate(text: string): Template {
  const document = readDocument(text);
  const unknownSections = Object.keys(document).filter((name) => !SECTIONS.has(name));
  if (unknownSections.length > 0)
    throw formatError(`Invalid template property or properties [${unknownSections.join(", ")}]`);
  for (const name of ["Rules", "Hooks"]) {
    if (document[name] !== undefined) throw notImplemented(`the template section ${name}`);
  }
  const description = document["Description"];
  return {
    ...(typeof description === "string" ? { description } : {}),
    parameters: mapped(document, "Parameters", parameter),
    mappings: mapped(document, "Mappings", (value) => value),
    conditions: mapped(document, "Conditions", (value) => value),
    resources: resourcesOf(document),
    outputs: mapped(document, "Outputs", output),
    languageExtensions: hasLanguageExtensions(document["Transform"]),
  };
}

const SECTIONS = new Set([
  "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Transform", "Resources", "Outputs",
  "Hooks",
]); // prettier-ignore

const RESOURCE_MEMBERS = new Set([
  "Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "CreationPolicy", "UpdatePolicy",
]); // prettier-ignore

function mapped<T>(
  document: Record<string, unknown>,
  section: string,
  read: (value: unknown, name: string) => T,
): Record<string, T> {
  const members = document[section] ?? {};
  if (!isObject(members)) throw formatError(`${section} must be an object.`);
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, read(value, name)]));
}

function resourcesOf(document: Record<string, unknown>): Record<string, TemplateResource> {
  const resources = mapped(document, "Resources", resource);
  if (Object.keys(resources).length === 0)
    throw formatError("At least one Resources member must be defined.");
  return resources;
}

function resource(value: unknown, name: string): TemplateResource {
  if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Resource name ${name} is non alphanumeric.`);
  if (!isObject(value)) throw formatError(`[/Resources/${name}] resource definition is malformed`);
  if (typeof value["Type"] !== "string") {
    throw formatError(`[/Resources/${name}] Every Resources object must contain a Type member.`);
  }
  for (const member of Object.keys(value)) {
    if (!RESOURCE_MEMBERS.has(member))
      throw validationError(`Invalid template resource property '${member}'`);
  }
  if (value["CreationPolicy"] !== undefined) throw notImplemented(`CreationPolicy (resource ${name})`);
  const properties = value["Properties"] ?? {};
  if (!isObject(properties))
    throw formatError(`[/Resources/${name}/Properties] properties must be an object`);
  const { Condition: condition, DependsOn: dependsOn = [], Metadata: metadata } = value;
  if (condition !== undefined && typeof condition !== "string") {
    throw formatError(`Every Condition member must be a string. (resource ${name})`);
  }
  const dependencies: unknown[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  if (!dependencies.every((dependency) => typeof dependency === "string")) {
    throw formatError("Every value of DependsOn must be a string or a list of strings");
  }
  return {
    type: value["Type"],
    properties,
    dependsOn: dependencies,
    ...(condition === undefined ? {} : { condition }),
    deletionPolicy: policy(value["DeletionPolicy"], name, "DeletionPolicy"),
    updateReplacePolicy: policy(value["UpdateReplacePolicy"], name, "UpdateReplacePolicy"),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function policy(value: unknown, resourceName: string, attribute: string): DeletionPolicy {
  const policies = ["Delete", "Retain", "RetainExceptOnCreate"] as const;
  const known = policies.find((candidate) => candidate === (value ?? "Delete"));
  if (known === undefined || (known === "RetainExceptOnCreate" && attribute === "UpdateReplacePolicy")) {
    // Snapshot is for databases and volumes, of which this cloud has none.
    throw templateError(`resource ${resourceName} does not support ${attribute} ${String(value)}`);
  }
  return known;
}

function parameter(value: unknown, name: string): TemplateParameter {
  if (!isObject(value) || typeof value["Type"] !== "string") {
    throw formatError(`Every Parameters object must contain a Type member. (parameter ${name})`);
  }
  return value as unknown as TemplateParameter;
}

function output(value: unknown, name: string): TemplateOutput {
  if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Output name ${name} is non alphanumeric.`);
  if (!isObject(value) || value["Value"] === undefined) {
    throw formatError(`Every Outputs member must contain a Value object. (output ${name})`);
  }
  const { Value, Description, Condition, Export } = value;
  if (Export !== undefined && (!isObject(Export) || Export["Name"] === undefined)) {
    throw formatError(`Output ${name} is malformed. The Export must have a Name`);
  }
  return {
    value: Value,
    ...(typeof Description === "string" ? { description: Description } : {}),
    ...(typeof Condition === "string" ? { condition: Condition } : {}),
    ...(isObject(Export) ? { exportName: Export["Name"] } : {}),
  };
}

function hasLanguageExtensions(transform: unknown): boolean {
  const names: unknown[] = transform === undefined ? [] : Array.isArray(transform) ? transform : [transform];
  for (const name of names) {
    if (name !== "AWS::LanguageExtensions") throw notImplemented(`the transform ${JSON.stringify(name)}`);
  }
  return names.length > 0;
}
