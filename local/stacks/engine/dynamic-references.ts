import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { Properties } from "../../cloudformation/resource-provider.ts";
import { isObject } from "../template/read-document.ts";
import { templateError, validationError } from "../template/template-error.ts";

/** What dynamic references are answered from. */
export type StoredValues = Pick<CloudContext, "parameters" | "secrets">;

/**
 * Properties with the values that their dynamic references stand for. It is done last, just before a resource is made or
 * changed: what a stack remembers, compares and shows are the references.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 * @throws AwsError ValidationError
 */
export function withStoredValues(properties: Properties, stored: StoredValues): Properties {
  return valueOf(properties, stored) as Properties;
}

function valueOf(value: unknown, stored: StoredValues): unknown {
  if (typeof value === "string") {
    return value.replaceAll(/\{\{resolve:([^}]*)\}\}/g, (_, reference: string) => stand(reference, stored));
  }
  if (Array.isArray(value)) return value.map((item) => valueOf(item, stored));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, valueOf(item, stored)]));
}

function stand(reference: string, stored: StoredValues): string {
  const [service = "", ...rest] = reference.split(":");
  if (service === "ssm" || service === "ssm-secure") return parameter(rest.join(":"), stored);
  if (service === "secretsmanager") return secret(rest, stored);
  throw templateError(`{{resolve:${reference}}} is no dynamic reference that CloudFormation knows`);
}

function parameter(name: string, { parameters }: StoredValues): string {
  try {
    return parameters.value(name);
  } catch (error) {
    if (error instanceof AwsError) throw validationError(`Parameters: [ssm:${name}] cannot be found.`);
    throw error;
  }
}

/** `id:SecretString:json-key:version-stage:version-id`, where an id may be an ARN. */
function secret(parts: readonly string[], { secrets }: StoredValues): string {
  const idParts = parts[0] === "arn" ? 7 : 1;
  const id = parts.slice(0, idParts).join(":");
  const [kind = "SecretString", key = "", stage = "", version = ""] = parts.slice(idParts);
  if (kind !== "SecretString") throw templateError(`${kind} in a dynamic reference must be SecretString`);
  const text = secrets.secretString(id, {
    ...(stage === "" ? {} : { stage }),
    ...(version === "" ? {} : { id: version }),
  });
  return key === "" ? text : jsonMember(text, key);
}

function jsonMember(text: string, key: string): string {
  const missing = validationError(
    `Could not find a value associated with JSONKey in SecretString; the key is ${key}.`,
  );
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document) && Object.hasOwn(document, key)) {
      const value = document[key];
      return typeof value === "string" ? value : JSON.stringify(value);
    }
  } catch {
    throw validationError("Could not parse SecretString JSON.");
  }
  throw missing;
}
