import { CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";

export interface StackResource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
}

/** What the stack has by now. @throws Error where there is no stack */
export async function stackResources(stackName: string, region: string): Promise<StackResource[]> {
  const client = new CloudFormationClient({ region });
  const resources: StackResource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stackName },
  )) {
    for (const { ResourceType, LogicalResourceId, PhysicalResourceId } of StackResourceSummaries)
      if (PhysicalResourceId !== undefined)
        resources.push({
          type: ResourceType ?? "",
          logicalId: LogicalResourceId ?? "",
          physicalId: PhysicalResourceId,
        });
  }
  return resources;
}
