import { randomUUID } from "node:crypto";
import type { CloudContext } from "../context/cloud-context.ts";
import { DeliveryFailure } from "../events/delivery/delivery-failure.ts";
import type { Delivery } from "../events/delivery/delivery.ts";
import { runTaskInput } from "../events/delivery/run-task-input.ts";
import { targetKind } from "../events/delivery/send.ts";
import type { Target } from "./schedule-store.ts";

/** One scheduled time of one schedule on its way to the target. */
export interface Invocation {
  readonly id: string;
  readonly scheduleArn: string;
  readonly target: Target;
  /** Milliseconds since 1970. */
  readonly scheduledAt: number;
  readonly firstTriedAt: number;
  /** Attempts that failed. */
  failed: number;
  nextTryAt: number;
}

/** What the target's role must allow. https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
const ACTIONS = {
  queue: "sqs:SendMessage",
  function: "lambda:InvokeFunction",
  topic: "sns:Publish",
  cluster: "ecs:RunTask",
  bus: "events:PutEvents",
} as const;

/** One attempt. @throws DeliveryFailure, or what the target's service throws */
export async function invoke(context: CloudContext, invocation: Invocation): Promise<void> {
  const { target, scheduleArn } = invocation;
  const kind = targetKind(target.Arn);
  if (kind === undefined) throw new DeliveryFailure("NO_RESOURCE", `${target.Arn} is no target.`);
  const resource = kind === "cluster" ? (target.EcsParameters?.TaskDefinitionArn ?? "*") : target.Arn;
  requireAllowed(context, target.RoleArn, ACTIONS[kind], resource);
  const text = inputOf(context, invocation);
  switch (kind) {
    case "queue": {
      const groupId = target.SqsParameters?.MessageGroupId;
      const fifo = groupId === undefined ? {} : { groupId, deduplicationId: invocation.id };
      return context.queues.send(target.Arn, { body: text, ...fifo });
    }
    case "function":
      return context.functions.invokeAsync(target.Arn, JSON.parse(text));
    case "topic":
      return context.topics.publish(target.Arn, { body: text });
    case "cluster": {
      const overrides: unknown = target.Input === undefined ? undefined : JSON.parse(text);
      const delivery = { target, ruleArn: scheduleArn } as unknown as Delivery;
      const name = scheduleArn.slice(scheduleArn.lastIndexOf("/") + 1);
      const startedBy = `chronos-schedule/${name}`.slice(0, 36);
      return context.tasks.runTask({ ...runTaskInput(delivery, overrides), startedBy });
    }
    case "bus": {
      const { DetailType = "", Source = "" } = target.EventBridgeParameters ?? {};
      const detail: unknown = JSON.parse(target.Input === undefined ? "{}" : text);
      return context.events.put([
        { source: Source, "detail-type": DetailType, detail, resources: [scheduleArn] },
      ]);
    }
  }
}

/** @throws DeliveryFailure NO_PERMISSIONS */
export function requireAllowed(
  context: CloudContext,
  roleArn: string,
  action: string,
  resource: string,
): void {
  if (context.identity.roleAllowed(roleArn, action, resource)) return;
  throw new DeliveryFailure("NO_PERMISSIONS", `${roleArn} is not allowed ${action} on ${resource}.`);
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
export function inputOf(
  context: CloudContext,
  { id, scheduleArn, scheduledAt, target, failed }: Invocation,
): string {
  const scheduledTime = new Date(scheduledAt).toISOString().replace(/\.\d+Z$/, "Z");
  if (target.Input !== undefined) {
    return target.Input.replaceAll("<aws.scheduler.schedule-arn>", scheduleArn)
      .replaceAll("<aws.scheduler.scheduled-time>", scheduledTime)
      .replaceAll("<aws.scheduler.execution-id>", id)
      .replaceAll("<aws.scheduler.attempt-number>", String(failed + 1));
  }
  return JSON.stringify({
    version: "0",
    id: randomUUID(),
    "detail-type": "Scheduled Event",
    source: "aws.scheduler",
    account: context.accountId,
    time: scheduledTime,
    region: context.region,
    resources: [scheduleArn],
    // A text, as AWS sends it.
    detail: "{}",
  });
}
