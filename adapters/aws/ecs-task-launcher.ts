import {
  ConflictException,
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type { LaunchResult, TaskLauncher, TaskPage, TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";
import { EcsTaskStopper } from "./ecs-task-stopper.ts";

/** Launches through ECS. The client must not retry RunTask by itself: dispatch decides when, and with which token. */
export class EcsTaskLauncher extends EcsTaskStopper implements TaskLauncher {
  async launch(request: RunTaskRequest): Promise<LaunchResult> {
    try {
      const { tasks = [], failures = [] } = await this.client.send(
        new RunTaskCommand({ ...request, capacityProviderStrategy: [...request.capacityProviderStrategy] }),
      );
      const [task] = tasks;
      if (task?.taskArn !== undefined) {
        return { type: "launched", taskArn: task.taskArn, lastStatus: task.lastStatus ?? "PROVISIONING" };
      }
      return {
        type: "failed",
        failures: failures.map(({ reason = "no reason given", detail }) => ({
          reason,
          ...(detail === undefined ? {} : { detail }),
        })),
      };
    } catch (error) {
      return launchError(error);
    }
  }

  async list(next?: string): Promise<TaskPage> {
    const { taskArns = [], nextToken } = await this.client.send(
      new ListTasksCommand({ cluster: this.cluster, nextToken: next }),
    );
    return { taskArns, ...(nextToken == null ? {} : { next: nextToken }) };
  }

  async describe(taskArns: readonly string[]): Promise<TaskSnapshot[]> {
    const { tasks = [] } = await this.client.send(
      new DescribeTasksCommand({ cluster: this.cluster, tasks: [...taskArns] }),
    );
    return tasks.flatMap((task) => snapshotOf(task));
  }
}

/**
 * An answer of AWS (4xx) means that nothing was started; anything else (time-out, lost connection, 5xx) leaves it open.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
 */
function launchError(error: unknown): LaunchResult {
  if (error instanceof ConflictException) return { type: "conflict", taskArns: error.resourceIds ?? [] };
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  const isAnswer = status !== undefined && status >= 400 && status < 500;
  return { type: isAnswer ? "refused" : "unknown", errorName: name, message };
}

function snapshotOf(task: Task): TaskSnapshot[] {
  if (task.taskArn === undefined || task.clusterArn === undefined || task.lastStatus === undefined) return [];
  const texts = {
    desiredStatus: task.desiredStatus,
    version: task.version,
    startedBy: task.startedBy,
    group: task.group,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    capacityProviderName: task.capacityProviderName,
    cpu: task.cpu,
    memory: task.memory,
    createdAt: task.createdAt?.toISOString(),
    pullStartedAt: task.pullStartedAt?.toISOString(),
    startedAt: task.startedAt?.toISOString(),
    stoppedAt: task.stoppedAt?.toISOString(),
  };
  const containers = (task.containers ?? []).map(({ name = "", exitCode, reason, lastStatus }) => ({
    name,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(reason === undefined ? {} : { reason }),
    ...(lastStatus === undefined ? {} : { lastStatus }),
  }));
  const known = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return [
    { taskArn: task.taskArn, clusterArn: task.clusterArn, lastStatus: task.lastStatus, ...known, containers },
  ];
}
