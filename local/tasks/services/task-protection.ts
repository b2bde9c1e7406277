import type { Ecs } from "../ecs.ts";
import { isProtected, type TaskRecord } from "../model/task.ts";
import { isWanted } from "./service-record.ts";
import { serviceOf, tasksOf } from "./service-tasks.ts";

const minuteMs = 60_000;
const defaultMinutes = 120;
const mostMinutes = 2880;

export interface Protection {
  readonly protectionEnabled: boolean;
  readonly expiresInMinutes?: number | undefined;
}

export interface ProtectionFailure {
  readonly arn: string;
  readonly reason: "MISSING" | "TASK_NOT_VALID" | "DEPLOYMENT_BLOCKED";
  readonly detail?: string;
}

/** As the API answers it; the time is in seconds since 1970. */
export interface ProtectedTask {
  readonly taskArn: string;
  readonly protectionEnabled: boolean;
  readonly expirationDate?: number;
}

export const isAllowedExpiry = (minutes: number | undefined): boolean =>
  minutes === undefined || (Number.isInteger(minutes) && minutes >= 1 && minutes <= mostMinutes);

/**
 * Keeps a task from scale-in and deployments for a time, or no longer. Asking again begins the time anew.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection.html
 */
export function protect(ecs: Ecs, task: TaskRecord, wanted: Protection): ProtectedTask | ProtectionFailure {
  const failure = protectionFailure(ecs, task);
  if (failure !== undefined) return failure;
  const now = ecs.context.clock.now();
  if (!wanted.protectionEnabled) delete task.protectedUntil;
  else {
    const blocked = blockedDeployment(ecs, task, now);
    if (blocked !== undefined) return blocked;
    task.protectedUntil = now + (wanted.expiresInMinutes ?? defaultMinutes) * minuteMs;
  }
  ecs.tasks.save(task);
  const service = serviceOf(ecs, task);
  if (service !== undefined) ecs.scheduler.wake(service);
  return protectionOf(task, now);
}

export function protectionOf(task: TaskRecord, now: number): ProtectedTask {
  const { taskArn, protectedUntil = 0 } = task;
  if (!isProtected(task, now)) return { taskArn, protectionEnabled: false };
  return { taskArn, protectionEnabled: true, expirationDate: protectedUntil / 1000 };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
export function protectionFailure(ecs: Ecs, task: TaskRecord): ProtectionFailure | undefined {
  if (serviceOf(ecs, task) !== undefined) return undefined;
  return { arn: task.taskArn, reason: "TASK_NOT_VALID" };
}

/** A deployment could never end where more tasks are protected than are desired. */
function blockedDeployment(ecs: Ecs, task: TaskRecord, now: number): ProtectionFailure | undefined {
  const service = serviceOf(ecs, task);
  if (service === undefined || isProtected(task, now)) return undefined;
  if (service.deployments.filter(({ status }) => status !== "INACTIVE").length < 2) return undefined;
  const others = tasksOf(ecs, service).filter((other) => isWanted(other) && isProtected(other, now));
  if (others.length < service.desiredCount) return undefined;
  return {
    arn: task.taskArn,
    reason: "DEPLOYMENT_BLOCKED",
    detail:
      "The number of protected tasks of the service is above its desired count, so that its deployment cannot end.",
  };
}
