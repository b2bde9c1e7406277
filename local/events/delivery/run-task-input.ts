import type { Delivery } from "./delivery.ts";
import { DeliveryFailure } from "./delivery-failure.ts";

/** The longest startedBy that EventBridge sets. */
const MAX_STARTED_BY = 36;

/**
 * RunTask's input for an ECS target; the transformed input is the task's overrides.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html
 */
export function runTaskInput(delivery: Delivery, overrides: unknown): Readonly<Record<string, unknown>> {
  const parameters = delivery.target.EcsParameters;
  if (parameters === undefined)
    throw new DeliveryFailure("INVALID_PARAMETER", "An ECS target needs EcsParameters.");
  const network = parameters.NetworkConfiguration?.awsvpcConfiguration;
  const ruleName = delivery.ruleArn.slice(delivery.ruleArn.lastIndexOf("/") + 1);
  const input: Record<string, unknown> = {
    cluster: delivery.target.Arn,
    taskDefinition: parameters.TaskDefinitionArn,
    count: parameters.TaskCount ?? 1,
    startedBy: `events-rule/${ruleName}`.slice(0, MAX_STARTED_BY),
    launchType: parameters.LaunchType,
    platformVersion: parameters.PlatformVersion,
    group: parameters.Group,
    capacityProviderStrategy: parameters.CapacityProviderStrategy,
    enableECSManagedTags: parameters.EnableECSManagedTags,
    enableExecuteCommand: parameters.EnableExecuteCommand,
    propagateTags: parameters.PropagateTags,
    referenceId: parameters.ReferenceId,
    tags: parameters.Tags?.map(({ Key, Value }) => ({ key: Key, value: Value })),
    overrides,
    networkConfiguration:
      network === undefined
        ? undefined
        : {
            awsvpcConfiguration: {
              subnets: network.Subnets,
              securityGroups: network.SecurityGroups,
              assignPublicIp: network.AssignPublicIp,
            },
          },
  };
  return JSON.parse(JSON.stringify(input)) as Record<string, unknown>;
}
