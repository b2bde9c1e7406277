import { randomUUID } from "node:crypto";
import { AwsError } from "../../gateway/aws-error.ts";
import { previewChanges } from "../engine/preview.ts";
import type { ChangeSetRecord, StackRecord } from "../engine/stack-record.ts";
import { validationError } from "../template/template-error.ts";
import { requireUpdatable } from "./change-stacks.ts";
import { changeSetSummary, describedChangeSet } from "./described-change-set.ts";
import { isTrue, optionalText, requiredText } from "./input.ts";
import { givenOnFailure, newStack, stackArnPattern } from "./new-stack.ts";
import { page } from "./page.ts";
import { refuseTypeChanges, requestedDefinition } from "./requested-definition.ts";
import type { StackOperation, StackTools } from "./stack-tools.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/**
 * The change set is worked out before the call returns, which in AWS takes a moment more.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
 */
export const createChangeSet: StackOperation = async (tools, input, request) => {
  const stackName = requiredText(input, "StackName");
  const name = requiredText(input, "ChangeSetName");
  request.authorize("cloudformation:CreateChangeSet", stackArnPattern(tools, stackName));
  const type = optionalText(input, "ChangeSetType") ?? "UPDATE";
  if (type !== "CREATE" && type !== "UPDATE")
    throw new AwsError(
      "NotImplemented",
      `The local cloud does not implement change sets of type ${type}.`,
      501,
    );
  const existing = tools.store.find(stackName);
  if (type === "UPDATE" && existing === undefined)
    throw validationError(`Stack [${stackName}] does not exist`);
  if (type === "CREATE" && existing !== undefined && existing.status !== "REVIEW_IN_PROGRESS") {
    throw validationError(
      `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
    );
  }
  if (type === "UPDATE" && existing !== undefined) requireUpdatable(existing);
  if (existing?.changeSets[name] !== undefined)
    throw new AwsError("AlreadyExistsException", `ChangeSet ${name} already exists`);
  const definition = await requestedDefinition(tools, input, existing);
  const onFailure = givenOnFailure(input, "OnStackFailure");
  const stack = existing ?? newStack(tools, stackName, definition, onFailure);
  refuseTypeChanges(stack, definition);
  const { changes, hasEffect } = previewChanges(tools, stack, definition);
  const description = optionalText(input, "Description");
  const { context } = tools;
  const changeSet: ChangeSetRecord = {
    changeSetId: `arn:aws:cloudformation:${context.region}:${context.accountId}:changeSet/${name}/${randomUUID()}`,
    name,
    type,
    ...(description === undefined ? {} : { description }),
    creationTime: context.clock.now(),
    ...(hasEffect
      ? { status: "CREATE_COMPLETE", executionStatus: "AVAILABLE" }
      : { status: "FAILED", executionStatus: "UNAVAILABLE", statusReason: NO_CHANGES }),
    definition,
    onFailure,
    changes,
  };
  if (existing === undefined) tools.journal.stack(stack, "REVIEW_IN_PROGRESS", "User Initiated");
  stack.changeSets[name] = changeSet;
  tools.store.save(stack);
  return { Id: changeSet.changeSetId, StackId: stack.stackId };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
export const describeChangeSet: StackOperation = async (tools, input, request) => {
  const { stack, changeSet } = foundChangeSet(tools, input);
  request.authorize("cloudformation:DescribeChangeSet", stack.stackId);
  return describedChangeSet(stack, changeSet);
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html */
export const executeChangeSet: StackOperation = async (tools, input, request) => {
  const { stack, changeSet } = foundChangeSet(tools, input);
  request.authorize("cloudformation:ExecuteChangeSet", stack.stackId);
  if (changeSet.executionStatus !== "AVAILABLE") {
    throw new AwsError(
      "InvalidChangeSetStatus",
      `ChangeSet [${changeSet.changeSetId}] cannot be executed in its current status of [${changeSet.status}]`,
    );
  }
  if (changeSet.type === "UPDATE") requireUpdatable(stack);
  const onFailure = isTrue(input, "DisableRollback") ? "DO_NOTHING" : changeSet.onFailure;
  // Executing one ends all: the others were worked out for a stack that is no more.
  stack.changeSets = {};
  if (changeSet.type === "UPDATE") tools.engine.beginUpdate(stack, changeSet.definition, onFailure);
  else {
    Object.assign(stack, { definition: changeSet.definition, onFailure });
    tools.engine.beginCreate(stack);
  }
  return {};
};

/** A change set that is not there is deleted already. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
export const deleteChangeSet: StackOperation = async (tools, input, request) => {
  const name = requiredText(input, "ChangeSetName");
  const stackName = optionalText(input, "StackName");
  const stack = stackName === undefined ? ownerOf(tools, name) : tools.store.get(stackName);
  if (stack === undefined) return {};
  request.authorize("cloudformation:DeleteChangeSet", stack.stackId);
  const changeSet = changeSetOf(stack, name);
  if (changeSet === undefined) return {};
  delete stack.changeSets[changeSet.name];
  tools.store.save(stack);
  return {};
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html */
export const listChangeSets: StackOperation = async (tools, input, request) => {
  const stack = tools.store.get(requiredText(input, "StackName"));
  request.authorize("cloudformation:ListChangeSets", stack.stackId);
  const { items, ...next } = page(Object.values(stack.changeSets), {
    size: 100,
    token: optionalText(input, "NextToken"),
    idOf: ({ changeSetId }) => changeSetId,
  });
  return { Summaries: items.map((changeSet) => changeSetSummary(stack, changeSet)), ...next };
};

/** @throws AwsError ChangeSetNotFound, ValidationError */
export function foundChangeSet(
  tools: StackTools,
  input: Readonly<Record<string, unknown>>,
): { stack: StackRecord; changeSet: ChangeSetRecord } {
  const name = requiredText(input, "ChangeSetName");
  const stackName = optionalText(input, "StackName");
  if (stackName === undefined && !name.startsWith("arn:")) {
    throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack = stackName === undefined ? ownerOf(tools, name) : tools.store.get(stackName);
  const changeSet = stack === undefined ? undefined : changeSetOf(stack, name);
  if (stack === undefined || changeSet === undefined)
    throw new AwsError("ChangeSetNotFound", `ChangeSet [${name}] does not exist`, 404);
  return { stack, changeSet };
}

function changeSetOf(stack: StackRecord, nameOrId: string): ChangeSetRecord | undefined {
  return Object.values(stack.changeSets).find(
    ({ name, changeSetId }) => name === nameOrId || changeSetId === nameOrId,
  );
}

function ownerOf({ store }: StackTools, changeSetId: string): StackRecord | undefined {
  return store.living().find((stack) => changeSetOf(stack, changeSetId) !== undefined);
}
