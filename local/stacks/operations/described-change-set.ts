import type { ChangeSetRecord, ResourceChange, StackRecord } from "../engine/stack-record.ts";
import { parametersShown, tagsShown } from "./described-stack.ts";

/** A change set as ListChangeSets tells of it. */
export function changeSetSummary(stack: StackRecord, changeSet: ChangeSetRecord): Record<string, unknown> {
  return {
    ChangeSetId: changeSet.changeSetId,
    ChangeSetName: changeSet.name,
    StackId: stack.stackId,
    StackName: stack.stackName,
    Description: changeSet.description,
    CreationTime: new Date(changeSet.creationTime),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.statusReason,
    IncludeNestedStacks: false,
  };
}

/** A change set as DescribeChangeSet tells of it. */
export function describedChangeSet(stack: StackRecord, changeSet: ChangeSetRecord): Record<string, unknown> {
  const { definition } = changeSet;
  return {
    ...changeSetSummary(stack, changeSet),
    Parameters: parametersShown(definition),
    NotificationARNs: definition.notificationArns,
    RollbackConfiguration: {},
    Capabilities: definition.capabilities,
    Tags: tagsShown(definition),
    Changes: changeSet.changes.map((change) => ({
      Type: "Resource",
      ResourceChange: resourceChange(change),
    })),
    OnStackFailure: changeSet.onFailure,
  };
}

function resourceChange(change: ResourceChange): Record<string, unknown> {
  return {
    Action: change.action,
    LogicalResourceId: change.logicalId,
    PhysicalResourceId: change.physicalId,
    ResourceType: change.type,
    Replacement: change.replacement,
    Scope: change.properties.length > 0 ? ["Properties"] : [],
    Details: change.properties.map((name) => ({
      Target: {
        Attribute: "Properties",
        Name: name,
        RequiresRecreation: change.replacement === "False" ? "Never" : "Conditionally",
      },
      Evaluation: "Static",
      ChangeSource: "DirectModification",
    })),
  };
}
