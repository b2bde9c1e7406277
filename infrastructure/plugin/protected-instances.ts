import { CloudFormationClient, paginateListStackResources } from "@aws-sdk/client-cloudformation";

/** The names of the stack's Auto Scaling groups. */
export async function scalingGroupsOf(stackName: string, region: string): Promise<string[]> {
  const client = new CloudFormationClient({ region });
  const names: string[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stackName },
  )) {
    for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
      if (ResourceType === "AWS::AutoScaling::AutoScalingGroup" && PhysicalResourceId !== undefined)
        names.push(PhysicalResourceId);
  }
  return names;
}

/**
 * What to do about instances that ECS has protected: nobody takes the protection away when the stack goes, and CloudFormation waits
 * for them in vain. https://github.com/aws/containers-roadmap/issues/2862
 */
export function protectedInstances(groups: readonly string[]): string | undefined {
  if (groups.length === 0) return undefined;
  return [
    "Instances that are protected from scale-in hold the removal up; end them from another terminal while it runs:",
    ...groups.map(
      (group) =>
        `aws autoscaling delete-auto-scaling-group --force-delete --auto-scaling-group-name ${group}`,
    ),
  ].join("\n  ");
}
