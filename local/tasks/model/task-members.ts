import type { NetworkAttachment, TaskRecord } from "./task.ts";

/** What the API and the event of a task have in common; they differ in how they word a time, and in the members that each adds. */
export function taskMembers<Time>(task: TaskRecord, time: (ms: number) => Time) {
  const at = (ms: number | undefined): Time | undefined => (ms === undefined ? undefined : time(ms));
  return {
    attributes: [{ name: "ecs.cpu-architecture", value: task.architecture }],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.clusterArn,
    ...(task.connectivityAt === undefined
      ? {}
      : { connectivity: "CONNECTED", connectivityAt: at(task.connectivityAt) }),
    cpu: task.cpu,
    createdAt: at(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: task.ephemeralStorage,
    executionStoppedAt: at(task.executionStoppedAt),
    group: task.group,
    lastStatus: task.lastStatus,
    launchType: "FARGATE",
    memory: task.memory,
    overrides: task.overrides,
    platformVersion: task.platformVersion,
    pullStartedAt: at(task.pullStartedAt),
    pullStoppedAt: at(task.pullStoppedAt),
    startedAt: at(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: at(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: at(task.stoppingAt),
    taskArn: task.taskArn,
    taskDefinitionArn: task.taskDefinitionArn,
    version: task.version,
  };
}

export function containerMembers(task: TaskRecord, container: TaskRecord["containers"][number]) {
  const { cpu, memory, memoryReservation } = container;
  return {
    containerArn: container.containerArn,
    taskArn: task.taskArn,
    name: container.name,
    image: container.image,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkInterfaces: networkInterfaces(task.attachment),
    cpu: String(cpu),
    memory: memory === undefined ? undefined : String(memory),
    memoryReservation: memoryReservation === undefined ? undefined : String(memoryReservation),
  };
}

/** The network interface, whose type the API and the event name differently. */
export function attachmentMembers(attachment: NetworkAttachment, type: "ElasticNetworkInterface" | "eni") {
  return { id: attachment.id, type, status: attachment.status, details: attachmentDetails(attachment) };
}

function attachmentDetails(attachment: NetworkAttachment): { name: string; value: string }[] {
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

function networkInterfaces(
  attachment: NetworkAttachment,
): { attachmentId: string; privateIpv4Address: string }[] {
  const { id, privateIpv4 } = attachment;
  return privateIpv4 === undefined ? [] : [{ attachmentId: id, privateIpv4Address: privateIpv4 }];
}
