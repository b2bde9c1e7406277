import { z } from "zod";
import type { CloudContext } from "../context/cloud-context.ts";
import { isJson } from "../context/is-json.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { targetKind } from "../events/delivery/send.ts";
import {
  DEFAULT_GROUP,
  type ScheduleRecord,
  type ScheduleStore,
  type Target,
  target,
} from "./schedule-store.ts";
import { scheduleTimes } from "./schedule-times.ts";

/** Seconds since 1970 in calls, ISO 8601 in templates; milliseconds since 1970. */
const time = z.union([
  z.number().transform((seconds) => seconds * 1000),
  z.string().transform((text) => Date.parse(text)),
]);

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const input = z.object({
  Name: z.string(),
  GroupName: z.string().default(DEFAULT_GROUP),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default("UTC"),
  State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
  Description: z.string().optional(),
  KmsKeyArn: z.string().optional(),
  FlexibleTimeWindow: z.looseObject({ Mode: z.string() }),
  ActionAfterCompletion: z.enum(["NONE", "DELETE"]).default("NONE"),
  StartDate: time.optional(),
  EndDate: time.optional(),
  Target: target,
});

export const SCHEDULER_PRINCIPAL = "scheduler.amazonaws.com";

/**
 * The schedule that a caller asks for, checked; what was there before gives its creation time only.
 * @throws AwsError ValidationException, ResourceNotFoundException where the group is missing
 */
export function requestedSchedule(
  context: CloudContext,
  store: ScheduleStore,
  body: unknown,
  existing?: ScheduleRecord,
): ScheduleRecord {
  const given = input.parse(body);
  store.group(given.GroupName);
  const now = context.clock.now();
  const createdAt = existing?.createdAt ?? now;
  const schedule: ScheduleRecord = {
    name: given.Name,
    group: given.GroupName,
    arn: store.arnOf(given.Name, given.GroupName),
    expression: given.ScheduleExpression,
    timeZone: given.ScheduleExpressionTimezone,
    state: given.State,
    flexibleWindow: given.FlexibleTimeWindow,
    afterCompletion: given.ActionAfterCompletion,
    target: given.Target,
    createdAt,
    modifiedAt: now,
    takenUpTo: now - 1,
    ...(given.Description === undefined ? {} : { description: given.Description }),
    ...(given.KmsKeyArn === undefined ? {} : { kmsKeyArn: given.KmsKeyArn }),
    ...(given.StartDate === undefined ? {} : { startAt: given.StartDate }),
    ...(given.EndDate === undefined ? {} : { endAt: given.EndDate }),
  };
  checkTimes(schedule);
  checkTarget(context, schedule.target, store.groupArn(schedule.group));
  return schedule;
}

function checkTimes(schedule: ScheduleRecord): void {
  if (schedule.endAt !== undefined && schedule.endAt <= (schedule.startAt ?? 0)) {
    throw invalid("The EndDate you specify must come after the StartDate.");
  }
  try {
    Intl.DateTimeFormat("en-US", { timeZone: schedule.timeZone });
  } catch {
    throw invalid(`Invalid Schedule Expression Timezone ${schedule.timeZone}.`);
  }
  try {
    scheduleTimes(schedule);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(`Invalid Schedule Expression ${schedule.expression}.`);
    throw error;
  }
}

function checkTarget(
  context: CloudContext,
  { Arn: arn, RoleArn: roleArn, Input, ...parameters }: Target,
  groupArn: string,
): void {
  const kind = targetKind(arn);
  if (kind === undefined || (kind === "bus" && !arn.endsWith("event-bus/default"))) {
    throw invalid(`Provided Arn is not in correct format, or the local cloud does not schedule for ${arn}.`);
  }
  if (kind === "cluster" && parameters.EcsParameters === undefined) {
    throw invalid("EcsParameters must be specified for an Amazon ECS target.");
  }
  if (kind === "bus" && parameters.EventBridgeParameters === undefined) {
    throw invalid("EventBridgeParameters must be specified for an Amazon EventBridge target.");
  }
  if (kind === "queue" && arn.endsWith(".fifo") && parameters.SqsParameters?.MessageGroupId === undefined) {
    throw invalid("SqsParameters with a MessageGroupId must be specified for an Amazon SQS FIFO queue.");
  }
  if (
    Input !== undefined &&
    (kind === "function" || kind === "cluster" || kind === "bus") &&
    !isJson(Input)
  ) {
    throw invalid(`The Input for ${arn} must be valid JSON.`);
  }
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const caller = { "aws:SourceArn": groupArn };
  if (context.identity.isTrustedBy(roleArn, SCHEDULER_PRINCIPAL, caller) !== true) {
    throw invalid("The execution role you provide must allow AWS EventBridge Scheduler to assume the role.");
  }
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationException", message);
}
