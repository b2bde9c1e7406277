import {
  ConflictException,
  DescribeTasksCommand,
  type ECSClient,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import type { LaunchResult, TaskLauncher, TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";

/** StopTask cuts longer reasons. */
const MAX_STOP_REASON = 255;

/** Launches through ECS. The client must not retry RunTask by itself: dispatch decides when, and with which token. */
export class EcsTaskLauncher implements TaskLauncher {
  readonly #client: ECSClient;
  readonly #cluster: string;

  constructor(options: { client: ECSClient; cluster: string }) {
    this.#client = options.client;
    this.#cluster = options.cluster;
  }

  async launch(request: RunTaskRequest): Promise<LaunchResult> {
    try {
      const { tasks = [], failures = [] } = await this.#client.send(
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

  async stop(taskArn: string, reason: string): Promise<void> {
    try {
      await this.#client.send(
        new StopTaskCommand({
          cluster: this.#cluster,
          task: taskArn,
          reason: reason.slice(0, MAX_STOP_REASON),
        }),
      );
    } catch (error) {
      const isGone =
        error instanceof Error &&
        error.name === "InvalidParameterException" &&
        /not found/i.test(error.message);
      if (!isGone) throw error;
    }
  }

  async describe(taskArns: readonly string[]): Promise<TaskSnapshot[]> {
    const { tasks = [] } = await this.#client.send(
      new DescribeTasksCommand({ cluster: this.#cluster, tasks: [...taskArns] }),
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
