import type { CloudContext } from "../../context/cloud-context.ts";
import { lastPart } from "../model/arns.ts";
import type { ContainerDefinition } from "../model/definition.ts";

/** Where a container's output goes; undefined where its definition has no log. */
export interface LogTarget {
  readonly group: string;
  readonly stream: string;
  /** The driver makes the group where it is missing. */
  readonly createsGroup: boolean;
}

/** prefix/container/task id: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
export function logTarget(definition: ContainerDefinition, taskArn: string): LogTarget | undefined {
  const options = definition.logConfiguration?.options;
  const group = options?.["awslogs-group"];
  if (group === undefined) return undefined;
  return {
    group,
    stream: [options?.["awslogs-stream-prefix"], definition.name, lastPart(taskArn)].join("/"),
    createsGroup: options?.["awslogs-create-group"] === "true",
  };
}

/**
 * The log driver makes its stream, and where it shall its group, with the task execution role.
 * @throws Error in Fargate's words where that role may not, or where there is no such group,
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
 */
export function checkLog(context: CloudContext, target: LogTarget, executionRoleArn: string): void {
  const group = `arn:aws:logs:${context.region}:${context.accountId}:log-group:${target.group}`;
  const missing = !context.logs.hasGroup(target.group);
  const calls: (readonly [action: string, resource: string])[] = [
    ...(missing && target.createsGroup ? ([["logs:CreateLogGroup", group]] as const) : []),
    ["logs:CreateLogStream", `${group}:log-stream:${target.stream}`],
    ["logs:PutLogEvents", `${group}:log-stream:${target.stream}`],
  ];
  for (const [action, resource] of calls) {
    if (context.identity.roleAllowed(executionRoleArn, action, resource)) continue;
    throw failed(
      `AccessDeniedException: User: ${executionRoleArn} is not authorized to perform: ${action} on ` +
        `resource: ${resource} because no identity-based policy allows the ${action} action`,
    );
  }
  if (missing && !target.createsGroup)
    throw failed("ResourceNotFoundException: The specified log group does not exist.");
}

const failed = (why: string): Error =>
  new Error(
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create " +
      `Cloudwatch log stream: ${why}`,
  );
