import { stackResources } from "./stack-resources.ts";

/** The names of the stack's Auto Scaling groups. */
export async function scalingGroupsOf(stackName: string, region: string): Promise<string[]> {
  const resources = await stackResources(stackName, region);
  return resources
    .filter(({ type }) => type === "AWS::AutoScaling::AutoScalingGroup")
    .map(({ physicalId }) => physicalId);
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
