import type { BusEvent } from "../../context/cloud-context.ts";
import type { NetworkAttachment, TaskRecord } from "./task.ts";

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

/**
 * "ECS Task State Change" as ECS words it: timestamps in ISO 8601, attachment type `eni`, no tags, no healthStatus.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export function taskStateChange(task: TaskRecord): BusEvent {
  const detail = {
    attachments: [
      {
        id: task.attachment.id,
        type: "eni",
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
      : { connectivity: "CONNECTED", connectivityAt: iso(task.connectivityAt) }),
    containers: task.containers.map((container) => ({
      containerArn: container.containerArn,
      exitCode: container.exitCode,
      lastStatus: container.lastStatus,
      name: container.name,
      image: container.image,
      reason: container.reason,
      runtimeId: container.runtimeId,
      taskArn: task.taskArn,
      networkInterfaces: networkInterfaces(task.attachment),
      cpu: String(container.cpu),
      memory: container.memory === undefined ? undefined : String(container.memory),
      memoryReservation:
        container.memoryReservation === undefined ? undefined : String(container.memoryReservation),
    })),
    cpu: task.cpu,
    createdAt: iso(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: task.ephemeralStorage,
    executionStoppedAt: iso(task.executionStoppedAt),
    group: task.group,
    launchType: "FARGATE",
    lastStatus: task.lastStatus,
    memory: task.memory,
    overrides: task.overrides,
    platformVersion: task.platformVersion,
    pullStartedAt: iso(task.pullStartedAt),
    pullStoppedAt: iso(task.pullStoppedAt),
    startedAt: iso(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: iso(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: iso(task.stoppingAt),
    taskArn: task.taskArn,
    taskDefinitionArn: task.taskDefinitionArn,
    updatedAt: iso(task.updatedAt),
    version: task.version,
  };
  return {
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    resources: [task.taskArn],
    time: new Date(task.updatedAt).toISOString(),
    // Absent members are absent in the JSON, as in AWS, and what receivers keep must not change with the task.
    detail: JSON.parse(JSON.stringify(detail)) as unknown,
  };
}

/** Name and value pairs, as both the event and the API list them. */
export function attachmentDetails(attachment: NetworkAttachment): { name: string; value: string }[] {
  const { subnetId, networkInterfaceId, macAddress, privateIpv4 } = attachment;
  const details = [{ name: "subnetId", value: subnetId }];
  if (networkInterfaceId !== undefined)
    details.push({ name: "networkInterfaceId", value: networkInterfaceId });
  if (macAddress !== undefined) details.push({ name: "macAddress", value: macAddress });
  if (privateIpv4 !== undefined) {
    details.push({ name: "privateDnsName", value: `ip-${privateIpv4.replaceAll(".", "-")}.ec2.internal` });
    details.push({ name: "privateIPv4Address", value: privateIpv4 });
  }
  return details;
}

export function networkInterfaces(
  attachment: NetworkAttachment,
): { attachmentId: string; privateIpv4Address: string }[] {
  const { id, privateIpv4 } = attachment;
  return privateIpv4 === undefined ? [] : [{ attachmentId: id, privateIpv4Address: privateIpv4 }];
}
