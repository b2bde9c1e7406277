import { AwsError } from "../../gateway/aws-error.ts";
import { activeDefinition } from "../engine/definition.ts";
import { previewChanges } from "../engine/preview.ts";
import type { StackRecord } from "../engine/stack-record.ts";
import { validationError } from "../template/template-error.ts";
import { isTrue, optionalText, requiredText, textList } from "./input.ts";
import { givenOnFailure, newStack, stackArnPattern } from "./new-stack.ts";
import { refuseTypeChanges, requestedDefinition } from "./requested-definition.ts";
import type { StackOperation } from "./stack-tools.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export const createStack: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:CreateStack", stackArnPattern(tools, stackName));
  const definition = await requestedDefinition(tools, input);
  const stack = newStack(tools, stackName, definition, givenOnFailure(input));
  stack.terminationProtection = isTrue(input, "EnableTerminationProtection");
  const stackPolicy = optionalText(input, "StackPolicyBody");
  if (stackPolicy !== undefined) stack.stackPolicy = stackPolicy;
  activeDefinition(tools.context, tools.store, stack, definition, () => undefined);
  if (tools.store.find(stackName) !== undefined) {
    throw new AwsError("AlreadyExistsException", `Stack [${stackName}] already exists`);
  }
  tools.engine.beginCreate(stack);
  return { StackId: stack.stackId };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
export const updateStack: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:UpdateStack", stackArnPattern(tools, stackName));
  const stack = tools.store.get(stackName);
  requireUpdatable(stack);
  const definition = await requestedDefinition(tools, input, stack);
  refuseTypeChanges(stack, definition);
  const { hasEffect } = previewChanges(tools, stack, definition);
  if (!hasEffect) throw validationError("No updates are to be performed.");
  requireUpdatable(stack);
  const stackPolicy = optionalText(input, "StackPolicyBody");
  if (stackPolicy !== undefined) stack.stackPolicy = stackPolicy;
  tools.engine.beginUpdate(stack, definition, isTrue(input, "DisableRollback") ? "DO_NOTHING" : "ROLLBACK");
  return { StackId: stack.stackId };
};

/** A stack that is not there is deleted already. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html */
export const deleteStack: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:DeleteStack", stackArnPattern(tools, stackName));
  const stack = tools.store.find(stackName);
  if (stack === undefined || stack.status === "DELETE_COMPLETE" || stack.status === "DELETE_IN_PROGRESS")
    return {};
  const retained = textList(input, "RetainResources");
  if (retained.length > 0 && stack.status !== "DELETE_FAILED") {
    throw validationError(
      "The specified RetainResources parameter can only be used on stacks in the DELETE_FAILED state. " +
        `Stack ${stack.stackName} is in ${stack.status}`,
    );
  }
  if (stack.terminationProtection) {
    throw validationError(
      `Stack [${stack.stackName}] cannot be deleted while TerminationProtection is enabled`,
    );
  }
  if (stack.status !== "REVIEW_IN_PROGRESS" && stack.status.endsWith("_IN_PROGRESS")) {
    throw validationError(`Stack [${stack.stackName}] cannot be deleted while in status ${stack.status}`);
  }
  for (const { exportName } of stack.outputs) {
    const importers = exportName === undefined ? [] : tools.store.importersOf(exportName);
    if (importers.length === 0) continue;
    const names = importers.map((importer) => importer.stackName).join(", ");
    throw validationError(`Export ${exportName} cannot be deleted as it is in use by ${names}`);
  }
  tools.engine.beginDelete(stack, retained);
  return {};
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html */
export const continueUpdateRollback: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:ContinueUpdateRollback", stackArnPattern(tools, stackName));
  const stack = tools.store.get(stackName);
  if (stack.status !== "UPDATE_ROLLBACK_FAILED") {
    throw validationError(
      `Stack:${stack.stackId} is in ${stack.status} state and can not continue rollback.`,
    );
  }
  tools.engine.beginUpdateRollback(stack);
  return {};
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html */
export const updateTerminationProtection: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:UpdateTerminationProtection", stackArnPattern(tools, stackName));
  const stack = tools.store.get(stackName);
  stack.terminationProtection = isTrue(input, "EnableTerminationProtection");
  tools.store.save(stack);
  return { StackId: stack.stackId };
};

/** The policy is kept and shown; updates are not held to it. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SetStackPolicy.html */
export const setStackPolicy: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:SetStackPolicy", stackArnPattern(tools, stackName));
  const stack = tools.store.get(stackName);
  stack.stackPolicy = requiredText(input, "StackPolicyBody");
  tools.store.save(stack);
  tools.context.report(`${stackName}: the stack policy is recorded only; updates are not held to it`);
  return {};
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetStackPolicy.html */
export const getStackPolicy: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  request.authorize("cloudformation:GetStackPolicy", stackArnPattern(tools, stackName));
  const { stackPolicy } = tools.store.get(stackName);
  return stackPolicy === undefined ? {} : { StackPolicyBody: stackPolicy };
};

/**
 * Whether a stack takes an update. A creation or an update that failed and was not rolled back may be tried again.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
 * @throws AwsError ValidationError
 */
export function requireUpdatable(stack: StackRecord): void {
  const updatable: readonly string[] = [
    "CREATE_COMPLETE",
    "CREATE_FAILED",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
  ];
  if (!updatable.includes(stack.status)) {
    throw validationError(`Stack:${stack.stackId} is in ${stack.status} state and can not be updated.`);
  }
}
