import { randomUUID } from "node:crypto";
import { AwsError } from "../../gateway/aws-error.ts";
import { parseFunctionName } from "../function-name.ts";
import type { EventSourceMapping } from "../function-record.ts";
import { requiredText, text, type Input } from "../input.ts";
import type { FunctionParts } from "../parts.ts";
import { checkQueue, readMapping } from "./mapping-settings.ts";

/** Event source mappings come, change and go: the same for the API and for CloudFormation. */

/** @throws AwsError ResourceConflictException, InvalidParameterValueException */
export async function createMapping(parts: FunctionParts, input: Input): Promise<EventSourceMapping> {
  const target = parts.store.resolve(parseFunctionName(requiredText(input, "FunctionName")));
  const settings = readMapping(input);
  await checkQueue(parts.context, target, settings.queueArn);
  const twin = parts.store.mappings.find(
    (mapping) => mapping.queueArn === settings.queueArn && mapping.functionArn === target.arn,
  );
  if (twin !== undefined) {
    throw new AwsError(
      "ResourceConflictException",
      `An event source mapping with SQS arn (" ${settings.queueArn} ") and function (" ${target.configuration.name} ") already exists. Please update or delete the existing mapping with UUID ${twin.uuid}`,
      409,
      { Type: "User" },
    );
  }
  return save(parts, { ...settings, uuid: randomUUID(), functionArn: target.arn, lastModified: now(parts) });
}

/** @throws AwsError ResourceNotFoundException, InvalidParameterValueException */
export async function updateMapping(
  parts: FunctionParts,
  uuid: string,
  input: Input,
): Promise<EventSourceMapping> {
  const present = getMapping(parts, uuid);
  const name = text(input, "FunctionName");
  const target = parts.store.resolve(parseFunctionName(name ?? present.functionArn));
  const { maximumConcurrency: _, ...settings } = present;
  const changed = readMapping(input, present);
  await checkQueue(parts.context, target, present.queueArn);
  return save(parts, { ...settings, ...changed, functionArn: target.arn, lastModified: now(parts) });
}

/** @throws AwsError ResourceNotFoundException */
export function deleteMapping(parts: FunctionParts, uuid: string): EventSourceMapping {
  const mapping = getMapping(parts, uuid);
  parts.store.removeMapping(uuid);
  parts.pollers.remove(uuid);
  return mapping;
}

/** @throws AwsError ResourceNotFoundException */
export function getMapping({ store }: FunctionParts, uuid: string): EventSourceMapping {
  const mapping = store.findMapping(uuid);
  if (mapping !== undefined) return mapping;
  throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404, {
    Type: "User",
  });
}

function save({ store, pollers }: FunctionParts, mapping: EventSourceMapping): EventSourceMapping {
  store.putMapping(mapping);
  pollers.apply(mapping);
  return mapping;
}

function now({ context }: FunctionParts): string {
  return new Date(context.clock.now()).toISOString();
}
