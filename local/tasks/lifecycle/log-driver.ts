import type { CloudContext } from "../../context/cloud-context.ts";
import { lastPart } from "../model/arns.ts";
import type { ContainerDefinition } from "../model/definition.ts";

/** Where a container's output goes; undefined where its definition has no log. */
export interface LogTarget {
  readonly group: string;
  readonly stream: string;
}

/** prefix/container/task id: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
export function logTarget(definition: ContainerDefinition, taskArn: string): LogTarget | undefined {
  const options = definition.logConfiguration?.options;
  const group = options?.["awslogs-group"];
  if (group === undefined) return undefined;
  return {
    group,
    stream: [options?.["awslogs-stream-prefix"], definition.name, lastPart(taskArn)].join("/"),
  };
}

/**
 * The log driver writes with the task execution role.
 * @throws Error in Fargate's words where that role may not,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export function checkLogRights(context: CloudContext, target: LogTarget, executionRoleArn: string): void {
  const resource = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${target.group}:log-stream:${target.stream}`;
  for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
    if (context.identity.roleAllowed(executionRoleArn, action, resource)) continue;
    throw new Error(
      "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create " +
        `Cloudwatch log stream: AccessDeniedException: User: ${executionRoleArn} is not authorized to perform: ${action} on ` +
        `resource: ${resource} because no identity-based policy allows the ${action} action`,
    );
  }
}
