import type { StackRecord } from "../engine/stack-record.ts";
import { validationError } from "../template/template-error.ts";
import { resourceMembers } from "./described-stack.ts";
import { optionalText, requiredText } from "./input.ts";
import { page } from "./page.ts";
import type { StackOperation } from "./stack-tools.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html */
export const describeStackResource: StackOperation = async (tools, input, request) => {
  const stack = tools.store.get(requiredText(input, "StackName"), (name) => `Stack '${name}' does not exist`);
  request.authorize("cloudformation:DescribeStackResource", stack.stackId);
  const logicalId = requiredText(input, "LogicalResourceId");
  const resource = stack.resources[logicalId];
  if (resource === undefined)
    throw validationError(`Resource ${logicalId} does not exist for stack ${stack.stackName}`);
  return {
    StackResourceDetail: {
      ...ofStack(stack),
      ...resourceMembers(resource),
      LastUpdatedTimestamp: new Date(resource.timestamp),
      Metadata: resource.metadata === undefined ? undefined : JSON.stringify(resource.metadata),
    },
  };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html */
export const describeStackResources: StackOperation = async (tools, input, request) => {
  const physicalId = optionalText(input, "PhysicalResourceId");
  const stack =
    physicalId === undefined
      ? tools.store.get(requiredText(input, "StackName"), (name) => `Stack with id ${name} does not exist`)
      : ownerOf(tools.store.living(), physicalId);
  request.authorize("cloudformation:DescribeStackResources", stack.stackId);
  const logicalId = optionalText(input, "LogicalResourceId");
  const resources = Object.values(stack.resources).filter(
    (resource) => logicalId === undefined || resource.logicalId === logicalId,
  );
  return {
    StackResources: resources.map((resource) => ({
      ...ofStack(stack),
      ...resourceMembers(resource),
      Timestamp: new Date(resource.timestamp),
    })),
  };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html */
export const listStackResources: StackOperation = async (tools, input, request) => {
  const stack = tools.store.get(
    requiredText(input, "StackName"),
    (name) => `Stack with id ${name} does not exist`,
  );
  request.authorize("cloudformation:ListStackResources", stack.stackId);
  const { items, ...next } = page(Object.values(stack.resources), {
    size: 100,
    token: optionalText(input, "NextToken"),
    idOf: ({ logicalId }) => logicalId,
  });
  return {
    StackResourceSummaries: items.map((resource) => ({
      ...resourceMembers(resource),
      LastUpdatedTimestamp: new Date(resource.timestamp),
    })),
    ...next,
  };
};

function ofStack({ stackId, stackName }: StackRecord): Record<string, unknown> {
  return { StackId: stackId, StackName: stackName };
}

function ownerOf(stacks: readonly StackRecord[], physicalId: string): StackRecord {
  const owner = stacks.find(({ resources }) =>
    Object.values(resources).some((resource) => resource.physicalId === physicalId),
  );
  if (owner === undefined) throw validationError(`Stack for ${physicalId} does not exist`);
  return owner;
}
