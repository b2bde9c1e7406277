import { lastPart } from "../model/arns.ts";
import type { TaskContainer, TaskRecord } from "../model/task.ts";
import { residentBytes } from "../launcher/process-tree.ts";
import type { AgentClient } from "./agent-endpoint.ts";

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/** The answer of `${ECS_CONTAINER_METADATA_URI_V4}`. */
export function containerMetadata({ task, container, definitions }: AgentClient): Record<string, unknown> {
  const definition = definitions.find(({ name }) => name === container.name);
  const [family = "", revision = ""] = lastPart(task.taskDefinitionArn).split(":");
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    Labels: {
      "com.amazonaws.ecs.cluster": task.clusterArn,
      "com.amazonaws.ecs.container-name": container.name,
      "com.amazonaws.ecs.task-arn": task.taskArn,
      "com.amazonaws.ecs.task-definition-family": family,
      "com.amazonaws.ecs.task-definition-version": revision,
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.lastStatus,
    ExitCode: container.exitCode,
    Limits: { CPU: container.cpu, Memory: container.memory },
    CreatedAt: iso(task.pullStoppedAt ?? task.createdAt),
    StartedAt: iso(task.startedAt),
    Type: "NORMAL",
    LogDriver: definition?.logConfiguration?.logDriver,
    LogOptions: definition?.logConfiguration?.options,
    ContainerARN: container.containerArn,
    Networks: [
      {
        NetworkMode: "awsvpc",
        IPv4Addresses: [task.attachment.privateIpv4],
        MACAddress: task.attachment.macAddress,
      },
    ],
    Snapshotter: "overlayfs",
  };
}

/** The answer of `/task` and `/taskWithTags`. Memory in MiB, CPU in vCPU, storage in MiB. */
export function taskMetadata(
  client: AgentClient,
  options: { tags: boolean } = { tags: false },
): Record<string, unknown> {
  const { task } = client;
  const [family = "", revision = ""] = lastPart(task.taskDefinitionArn).split(":");
  return {
    Cluster: task.clusterArn,
    TaskARN: task.taskArn,
    Family: family,
    Revision: revision,
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    Limits: { CPU: Number(task.cpu) / 1024, Memory: Number(task.memory) },
    PullStartedAt: iso(task.pullStartedAt),
    PullStoppedAt: iso(task.pullStoppedAt),
    AvailabilityZone: task.availabilityZone,
    LaunchType: "FARGATE",
    Containers: task.containers.map((container) => containerMetadata({ ...client, container })),
    EphemeralStorageMetrics: { Reserved: task.ephemeralStorage.sizeInGiB * 1024 },
    FaultInjectionEnabled: false,
    ...(options.tags
      ? { TaskTags: Object.fromEntries(task.tags.map(({ key, value }) => [key, value])) }
      : {}),
  };
}

/** As much of Docker's statistics as can be told of a process: its memory. */
export async function containerStats(
  task: TaskRecord,
  container: TaskContainer,
): Promise<Record<string, unknown>> {
  const pid = container.process?.pid;
  const used = pid === undefined ? 0 : ((await residentBytes([pid])).get(pid) ?? 0);
  return {
    id: container.runtimeId,
    name: container.name,
    read: new Date().toISOString(),
    memory_stats: { usage: used, limit: (container.memory ?? Number(task.memory)) * 1024 * 1024 },
  };
}
