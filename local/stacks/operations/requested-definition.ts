import type { StackDefinition, StackRecord } from "../engine/stack-record.ts";
import { schemaOf } from "../schemas/resource-schema.ts";
import { checkTemplate } from "../template/check-template.ts";
import { parameterValues, storedParameterValues } from "../template/parameters.ts";
import { parseTemplate } from "../template/parse-template.ts";
import { validationError } from "../template/template-error.ts";
import type { Template } from "../template/template.ts";
import { requireCapabilities } from "./capabilities.ts";
import { givenParameters, givenTags, isTrue, optionalText, textList } from "./input.ts";
import type { StackTools } from "./stack-tools.ts";
import { givenTemplate } from "./template-source.ts";

/**
 * What a caller of CreateStack, UpdateStack or CreateChangeSet asks a stack to be, checked as far as that goes without
 * touching anything. What is not said stays as it is in `existing`.
 * @throws AwsError ValidationError, InsufficientCapabilitiesException
 */
export async function requestedDefinition(
  tools: StackTools,
  input: Record<string, unknown>,
  existing?: StackRecord,
): Promise<StackDefinition> {
  const previous = existing?.definition;
  const usePrevious = isTrue(input, "UsePreviousTemplate");
  const templateBody = usePrevious ? previous?.templateBody : await givenTemplate(tools.context, input);
  if (templateBody === undefined)
    throw validationError("Either Template URL or Template Body must be specified.");
  const template = checkedTemplate(tools, templateBody);
  const capabilities = textList(input, "Capabilities");
  requireCapabilities(template, capabilities);
  const roleArn = optionalText(input, "RoleARN") ?? previous?.roleArn;
  const parameters = parameterValues(template, givenParameters(input), previous?.parameters);
  const read = (name: string) => tools.context.parameters.value(name);
  return {
    templateBody,
    parameters,
    storedParameters: storedParameterValues(template, parameters, read),
    tags: givenTags(input) ?? previous?.tags ?? {},
    capabilities,
    notificationArns:
      input["NotificationARNs"] === undefined
        ? (previous?.notificationArns ?? [])
        : textList(input, "NotificationARNs"),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}

/** @throws AwsError ValidationError */
export function checkedTemplate(tools: Pick<StackTools, "providers">, templateBody: string): Template {
  const template = parseTemplate(templateBody);
  checkTemplate(template, { isKnown: (type) => tools.providers.has(type), schemaOf });
  return template;
}

/**
 * The resources whose type a definition changes cannot stay.
 * @throws AwsError ValidationError
 */
export function refuseTypeChanges(stack: StackRecord, definition: StackDefinition): void {
  const { resources } = parseTemplate(definition.templateBody);
  const changed = Object.values(stack.resources)
    .filter(({ logicalId, type }) => (resources[logicalId]?.type ?? type) !== type)
    .map(({ logicalId }) => logicalId);
  if (changed.length === 0) return;
  throw validationError(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(", ")}]`,
  );
}
