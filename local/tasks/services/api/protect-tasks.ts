import { z } from "zod";
import type { Authorize, Ecs, EcsOperation } from "../../ecs.ts";
import { lastPart, taskArn } from "../../model/arns.ts";
import { invalid, parseInput } from "../../model/shapes.ts";
import type { TaskRecord } from "../../model/task.ts";
import {
  isAllowedExpiry,
  protect,
  protectionFailure,
  protectionOf,
  type ProtectedTask,
  type ProtectionFailure,
} from "../task-protection.ts";

const updateInput = z.object({
  cluster: z.string(),
  tasks: z.array(z.string()),
  protectionEnabled: z.boolean(),
  expiresInMinutes: z.int().optional(),
});

const getInput = z.object({ cluster: z.string(), tasks: z.array(z.string()).default([]) });

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskProtection.html */
export const updateTaskProtection: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(updateInput, input);
  authorizeTasks(ecs, "ecs:UpdateTaskProtection", request, authorize);
  if (request.tasks.length === 0) throw invalid("Tasks cannot be empty.");
  if (request.tasks.length > 10) throw invalid("Tasks cannot have more than 10 entries.");
  if (!isAllowedExpiry(request.expiresInMinutes))
    throw invalid("expiresInMinutes must be between 1 and 2880 minutes.");
  return answer(ecs, request, (task) => protect(ecs, task, request));
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_GetTaskProtection.html */
export const getTaskProtection: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(getInput, input);
  authorizeTasks(ecs, "ecs:GetTaskProtection", request, authorize);
  if (request.tasks.length > 100) throw invalid("Tasks cannot have more than 100 entries.");
  return answer(
    ecs,
    request,
    (task) => protectionFailure(ecs, task) ?? protectionOf(task, ecs.context.clock.now()),
  );
};

interface Asked {
  readonly cluster: string;
  readonly tasks: readonly string[];
}

function authorizeTasks(ecs: Ecs, action: string, { cluster, tasks }: Asked, authorize: Authorize): void {
  const clusterArn = ecs.clusters.arnOf(cluster);
  for (const task of tasks) {
    authorize(action, taskArn(ecs.context, lastPart(clusterArn), lastPart(task)), {
      "ecs:cluster": clusterArn,
    });
  }
}

function answer(
  ecs: Ecs,
  { cluster, tasks }: Asked,
  of: (task: TaskRecord) => ProtectedTask | ProtectionFailure,
): { protectedTasks: ProtectedTask[]; failures: ProtectionFailure[] } {
  const { clusterArn, clusterName } = ecs.clusters.active(cluster);
  const protectedTasks: ProtectedTask[] = [];
  const failures: ProtectionFailure[] = [];
  for (const name of tasks) {
    const task = ecs.tasks.find(clusterArn, name);
    const result: ProtectedTask | ProtectionFailure =
      task === undefined || task.lastStatus === "STOPPED"
        ? { arn: taskArn(ecs.context, clusterName, lastPart(name)), reason: "MISSING" }
        : of(task);
    if ("reason" in result) failures.push(result);
    else protectedTasks.push(result);
  }
  return { protectedTasks, failures };
}
