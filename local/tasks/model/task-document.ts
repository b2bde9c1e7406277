import { attachmentDetails, networkInterfaces } from "./task-event.ts";
import type { TaskRecord } from "./task.ts";

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

/** A task as the API answers it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function taskDocument(task: TaskRecord, options: { tags: boolean }): Record<string, unknown> {
  return {
    attachments: [
      {
        id: task.attachment.id,
        type: "ElasticNetworkInterface",
        status: task.attachment.status,
        details: attachmentDetails(task.attachment),
      },
    ],
    attributes: [{ name: "ecs.cpu-architecture", value: task.architecture }],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.clusterArn,
    ...(task.connectivityAt === undefined
      ? {}
      : { connectivity: "CONNECTED", connectivityAt: seconds(task.connectivityAt) }),
    containers: task.containers.map((container) => ({
      containerArn: container.containerArn,
      taskArn: task.taskArn,
      name: container.name,
      image: container.image,
      runtimeId: container.runtimeId,
      lastStatus: container.lastStatus,
      exitCode: container.exitCode,
      reason: container.reason,
      networkBindings: [],
      networkInterfaces: networkInterfaces(task.attachment),
      healthStatus: "UNKNOWN",
      cpu: String(container.cpu),
      memory: container.memory === undefined ? undefined : String(container.memory),
      memoryReservation:
        container.memoryReservation === undefined ? undefined : String(container.memoryReservation),
    })),
    cpu: task.cpu,
    createdAt: seconds(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: task.ephemeralStorage,
    executionStoppedAt: seconds(task.executionStoppedAt),
    fargateEphemeralStorage: task.ephemeralStorage,
    group: task.group,
    healthStatus: "UNKNOWN",
    lastStatus: task.lastStatus,
    launchType: "FARGATE",
    memory: task.memory,
    overrides: { inferenceAcceleratorOverrides: [], ...task.overrides },
    platformFamily: "Linux",
    platformVersion: task.platformVersion,
    pullStartedAt: seconds(task.pullStartedAt),
    pullStoppedAt: seconds(task.pullStoppedAt),
    startedAt: seconds(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: seconds(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: seconds(task.stoppingAt),
    tags: options.tags ? task.tags : [],
    taskArn: task.taskArn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: task.version,
  };
}
