import type { CloudContext } from "../../context/cloud-context.ts";
import type { Delivery } from "./delivery.ts";
import { DeliveryFailure } from "./delivery-failure.ts";
import { runTaskInput } from "./run-task-input.ts";
import { targetInput } from "./target-input.ts";

export const EVENTS_PRINCIPAL = "events.amazonaws.com";

/** Puts an event that came through one bus on another one. */
export type Forward = (delivery: Delivery) => void;

/** What a target is, read from its ARN: also how PutTargets knows which ones there are. */
export function targetKind(arn: string): "queue" | "function" | "topic" | "cluster" | "bus" | undefined {
  const [, , service, , , ...rest] = arn.split(":");
  const resource = rest.join(":");
  if (service === "sqs") return "queue";
  if (service === "sns") return "topic";
  if (service === "lambda" && resource.startsWith("function:")) return "function";
  if (service === "ecs" && resource.startsWith("cluster/")) return "cluster";
  if (service === "events" && resource.startsWith("event-bus/")) return "bus";
  return undefined;
}

/**
 * One attempt to hand an event to its target, with the permission that AWS would ask for.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 * @throws DeliveryFailure, or what the target's service throws
 */
export async function sendToTarget(
  context: CloudContext,
  delivery: Delivery,
  forward: Forward,
): Promise<void> {
  const { target, ruleArn } = delivery;
  const caller = { service: EVENTS_PRINCIPAL, sourceArn: ruleArn };
  if (target.RoleArn !== undefined) requireRole(context, target, target.RoleArn);
  switch (targetKind(target.Arn)) {
    case "queue": {
      if (target.RoleArn === undefined) await requireQueuePolicy(context, target.Arn, ruleArn);
      const groupId = target.SqsParameters?.MessageGroupId;
      const fifo = target.Arn.endsWith(".fifo") ? { deduplicationId: delivery.id } : {};
      await context.queues.send(target.Arn, {
        body: targetInput(delivery),
        ...(groupId === undefined ? {} : { groupId, ...fifo }),
      });
      return;
    }
    case "function":
      await context.functions.invokeAsync(
        target.Arn,
        jsonInput(delivery),
        ...(target.RoleArn === undefined ? [caller] : []),
      );
      return;
    case "topic":
      await context.topics.publish(
        target.Arn,
        { body: targetInput(delivery) },
        ...(target.RoleArn === undefined ? [caller] : []),
      );
      return;
    case "cluster":
      await context.tasks.runTask(
        runTaskInput(delivery, isTransformed(delivery) ? jsonInput(delivery) : undefined),
      );
      return;
    case "bus":
      forward(delivery);
      return;
    case undefined:
      throw new DeliveryFailure("NO_RESOURCE", `The local cloud does not deliver to ${target.Arn}.`);
  }
}

/** @throws DeliveryFailure NO_PERMISSIONS */
export async function requireQueuePolicy(
  context: CloudContext,
  queueArn: string,
  ruleArn: string,
): Promise<void> {
  const { Policy } = await context.queues.attributes(queueArn);
  const allowed = context.identity.servicePrincipalAllowed({
    service: EVENTS_PRINCIPAL,
    action: "sqs:SendMessage",
    resource: queueArn,
    policy: Policy === undefined || Policy === "" ? undefined : (JSON.parse(Policy) as unknown),
    conditions: { "aws:SourceArn": ruleArn, "aws:SourceAccount": context.accountId },
  });
  if (allowed) return;
  throw new DeliveryFailure(
    "NO_PERMISSIONS",
    `The policy of ${queueArn} does not let ${EVENTS_PRINCIPAL} send messages for ${ruleArn}.`,
  );
}

/** What a target's role must allow, on which resource. */
const ROLE_ACTIONS = {
  queue: "sqs:SendMessage",
  function: "lambda:InvokeFunction",
  topic: "sns:Publish",
  cluster: "ecs:RunTask",
  bus: "events:PutEvents",
} as const;

/** @throws DeliveryFailure FAILED_ASSUME_ROLE, NO_PERMISSIONS */
function requireRole(context: CloudContext, target: Delivery["target"], roleArn: string): void {
  const kind = targetKind(target.Arn);
  if (context.identity.isTrustedBy(roleArn, EVENTS_PRINCIPAL) !== true) {
    throw new DeliveryFailure("FAILED_ASSUME_ROLE", `${roleArn} does not trust ${EVENTS_PRINCIPAL}.`);
  }
  if (kind === undefined) return;
  const resource = kind === "cluster" ? (target.EcsParameters?.TaskDefinitionArn ?? "*") : target.Arn;
  if (context.identity.roleAllowed(roleArn, ROLE_ACTIONS[kind], resource)) return;
  throw new DeliveryFailure(
    "NO_PERMISSIONS",
    `${roleArn} is not allowed ${ROLE_ACTIONS[kind]} on ${resource}.`,
  );
}

/** To an ECS target nothing of the event is passed unless the rule says what. */
function isTransformed({ target }: Delivery): boolean {
  return (
    target.Input !== undefined || target.InputPath !== undefined || target.InputTransformer !== undefined
  );
}

function jsonInput(delivery: Delivery): unknown {
  const text = targetInput(delivery);
  try {
    return JSON.parse(text);
  } catch {
    throw new DeliveryFailure(
      "INVALID_JSON",
      `The input for ${delivery.target.Arn} is not JSON: ${text.slice(0, 200)}`,
    );
  }
}
