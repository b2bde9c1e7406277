import { validationError } from "../template/template-error.ts";
import { describedEvent, describedStack, stackSummary } from "./described-stack.ts";
import { optionalText, requiredText, textList } from "./input.ts";
import { stackArnPattern } from "./new-stack.ts";
import { page } from "./page.ts";
import type { StackOperation } from "./stack-tools.ts";

const PAGE_SIZE = 100;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
export const describeStacks: StackOperation = async (tools, input, request) => {
  const stackName = optionalText(input, "StackName");
  request.authorize(
    "cloudformation:DescribeStacks",
    stackName === undefined ? "*" : stackArnPattern(tools, stackName),
  );
  if (stackName !== undefined) {
    return {
      Stacks: [describedStack(tools.store.get(stackName, (name) => `Stack with id ${name} does not exist`))],
    };
  }
  const { items, ...next } = page(tools.store.living(), {
    size: PAGE_SIZE,
    token: optionalText(input, "NextToken"),
    idOf: ({ stackId }) => stackId,
  });
  return { Stacks: items.map(describedStack), ...next };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html */
export const listStacks: StackOperation = async (tools, input, request) => {
  request.authorize("cloudformation:ListStacks", "*");
  const wanted = textList(input, "StackStatusFilter");
  const stacks = tools.store.all().filter(({ status }) => wanted.length === 0 || wanted.includes(status));
  const { items, ...next } = page(stacks, {
    size: PAGE_SIZE,
    token: optionalText(input, "NextToken"),
    idOf: ({ stackId }) => stackId,
  });
  return { StackSummaries: items.map(stackSummary), ...next };
};

/** Newest first. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html */
export const describeStackEvents: StackOperation = async (tools, input, request) => {
  const stack = tools.store.get(requiredText(input, "StackName"));
  request.authorize("cloudformation:DescribeStackEvents", stack.stackId);
  const { items, ...next } = page(stack.events.toReversed(), {
    size: PAGE_SIZE,
    token: optionalText(input, "NextToken"),
    idOf: ({ eventId }) => eventId,
  });
  return { StackEvents: items.map((event) => describedEvent(stack, event)), ...next };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListExports.html */
export const listExports: StackOperation = async (tools, input, request) => {
  request.authorize("cloudformation:ListExports", "*");
  const { items, ...next } = page(tools.store.exports(), {
    size: PAGE_SIZE,
    token: optionalText(input, "NextToken"),
    idOf: ({ name }) => name,
  });
  return {
    Exports: items.map(({ name, value, exporter }) => ({
      ExportingStackId: exporter.stackId,
      Name: name,
      Value: value,
    })),
    ...next,
  };
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListImports.html */
export const listImports: StackOperation = async (tools, input, request) => {
  request.authorize("cloudformation:ListImports", "*");
  const exportName = requiredText(input, "ExportName");
  const importers = tools.store.importersOf(exportName).map(({ stackName }) => stackName);
  if (importers.length === 0) throw validationError(`Export '${exportName}' is not imported by any stack.`);
  return { Imports: importers };
};
