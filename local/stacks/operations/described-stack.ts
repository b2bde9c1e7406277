import type { ResourceRecord, StackDefinition, StackEvent, StackRecord } from "../engine/stack-record.ts";
import { isSecret } from "../template/parameters.ts";
import { parseTemplate } from "../template/parse-template.ts";

/** A stack as DescribeStacks tells of it. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html */
export function describedStack(stack: StackRecord): Record<string, unknown> {
  const { definition } = stack;
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    Description: parseTemplate(definition.templateBody).description,
    Parameters: parametersShown(definition),
    CreationTime: new Date(stack.creationTime),
    LastUpdatedTime: dateOf(stack.lastUpdatedTime),
    DeletionTime: dateOf(stack.deletionTime),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DisableRollback: stack.onFailure === "DO_NOTHING",
    NotificationARNs: definition.notificationArns,
    Capabilities: definition.capabilities,
    Outputs: stack.outputs.map((output) => ({
      OutputKey: output.key,
      OutputValue: output.value,
      Description: output.description,
      ExportName: output.exportName,
    })),
    RoleARN: definition.roleArn,
    Tags: tagsShown(definition),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackSummary.html */
export function stackSummary(stack: StackRecord): Record<string, unknown> {
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    TemplateDescription: parseTemplate(stack.definition.templateBody).description,
    CreationTime: new Date(stack.creationTime),
    LastUpdatedTime: dateOf(stack.lastUpdatedTime),
    DeletionTime: dateOf(stack.deletionTime),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html */
export function describedEvent(stack: StackRecord, event: StackEvent): Record<string, unknown> {
  return {
    StackId: stack.stackId,
    EventId: event.eventId,
    StackName: stack.stackName,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId ?? "",
    ResourceType: event.type,
    Timestamp: new Date(event.timestamp),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties === undefined ? undefined : JSON.stringify(event.properties),
  };
}

/** The members that all four operations on stack resources share. */
export function resourceMembers(resource: ResourceRecord): Record<string, unknown> {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.statusReason,
    DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
  };
}

export function parametersShown(definition: StackDefinition): Record<string, unknown>[] {
  const { parameters } = parseTemplate(definition.templateBody);
  return Object.entries(definition.parameters).map(([name, value]) => ({
    ParameterKey: name,
    ParameterValue: isSecret(parameters[name]) ? "****" : value,
    ResolvedValue: definition.storedParameters?.[name],
  }));
}

export function tagsShown({ tags }: StackDefinition): Record<string, unknown>[] {
  return Object.entries(tags).map(([key, value]) => ({ Key: key, Value: value }));
}

function dateOf(milliseconds: number | undefined): Date | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}
