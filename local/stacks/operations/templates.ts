import { parseTemplate } from "../template/parse-template.ts";
import { defaultOf, isSecret } from "../template/parameters.ts";
import { validationError } from "../template/template-error.ts";
import type { Template } from "../template/template.ts";
import { neededCapability } from "./capabilities.ts";
import { foundChangeSet } from "./change-sets.ts";
import { optionalText, requiredText } from "./input.ts";
import { checkedTemplate } from "./requested-definition.ts";
import type { StackOperation } from "./stack-tools.ts";
import { givenTemplate } from "./template-source.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html */
export const validateTemplate: StackOperation = async (tools, input, request) => {
  request.authorize("cloudformation:ValidateTemplate", "*");
  const body = await givenTemplate(tools.context, input);
  if (body === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  const template = checkedTemplate(tools, body);
  return {
    Description: template.description,
    ...capabilityMembers(template),
    Parameters: Object.entries(template.parameters).map(([name, parameter]) => ({
      ParameterKey: name,
      DefaultValue: defaultOf(parameter),
      NoEcho: isSecret(parameter),
      Description: parameter.Description,
    })),
  };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html */
export const getTemplate: StackOperation = async (tools, input, request) => {
  const { definition, stackId } = definitionAskedFor(tools, input);
  request.authorize("cloudformation:GetTemplate", stackId);
  return { TemplateBody: definition.templateBody, StagesAvailable: ["Original", "Processed"] };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html */
export const getTemplateSummary: StackOperation = async (tools, input, request) => {
  request.authorize("cloudformation:GetTemplateSummary", "*");
  const body =
    (await givenTemplate(tools.context, input)) ?? definitionAskedFor(tools, input).definition.templateBody;
  const template = parseTemplate(body);
  return {
    Description: template.description,
    ...capabilityMembers(template),
    Parameters: Object.entries(template.parameters).map(([name, parameter]) => ({
      ParameterKey: name,
      DefaultValue: defaultOf(parameter),
      ParameterType: parameter.Type,
      NoEcho: isSecret(parameter),
      Description: parameter.Description,
      ParameterConstraints: { AllowedValues: parameter.AllowedValues?.map(String) },
    })),
    ResourceTypes: [...new Set(Object.values(template.resources).map(({ type }) => type))],
  };
};

const definitionAskedFor = (
  tools: Parameters<StackOperation>[0],
  input: Readonly<Record<string, unknown>>,
) => {
  if (optionalText(input, "ChangeSetName") !== undefined) {
    const { stack, changeSet } = foundChangeSet(tools, input);
    return { definition: changeSet.definition, stackId: stack.stackId };
  }
  return tools.store.get(requiredText(input, "StackName"), (name) => `Stack with id ${name} does not exist`);
};

function capabilityMembers(template: Template): Record<string, unknown> {
  const needed = neededCapability(template);
  if (needed === undefined) return {};
  return {
    Capabilities: [needed.capability],
    CapabilitiesReason: `The following resource(s) require capabilities: [${needed.types.join(", ")}]`,
  };
}
