import { randomBytes, randomUUID } from "node:crypto";
import type { CloudContext } from "../../context/cloud-context.ts";
import { availabilityZone } from "../lifecycle/network.ts";
import { containerArn, taskArn } from "../model/arns.ts";
import type { TaskDefinition } from "../model/definition.ts";
import type { Tag } from "../model/shapes.ts";
import type { TaskRecord } from "../model/task.ts";
import type { Cluster } from "../state/cluster-store.ts";
import type { Place } from "./placement.ts";
import type { RunTaskInput } from "./run-task-input.ts";
import { ephemeralStorageGib, fargateSize } from "./task-size.ts";

export interface TaskPlan {
  readonly cluster: Cluster;
  readonly definition: TaskDefinition;
  readonly request: RunTaskInput;
  readonly place: Place;
  readonly subnetId: string;
  readonly tags: readonly Tag[];
}

/** A task as it is the moment RunTask has taken it: PROVISIONING, version 1. */
export function newTask(context: CloudContext, plan: TaskPlan): TaskRecord {
  const { cluster, definition, request, place, subnetId } = plan;
  const { overrides } = request;
  const id = randomBytes(16).toString("hex");
  const arn = taskArn(context, cluster.clusterName, id);
  const now = context.clock.now();
  return {
    taskArn: arn,
    clusterArn: cluster.clusterArn,
    taskDefinitionArn: definition.taskDefinitionArn,
    group: request.group ?? `family:${definition.family}`,
    ...(request.startedBy === undefined ? {} : { startedBy: request.startedBy }),
    ...(place.capacityProviderName === undefined ? {} : { capacityProviderName: place.capacityProviderName }),
    platformVersion: request.platformVersion === "LATEST" ? "1.4.0" : request.platformVersion,
    architecture: definition.runtimePlatform?.cpuArchitecture === "ARM64" ? "arm64" : "x86_64",
    availabilityZone: availabilityZone(context.region, subnetId),
    enableExecuteCommand: request.enableExecuteCommand,
    ...fargateSize(overrides.cpu ?? definition.cpu, overrides.memory ?? definition.memory),
    ephemeralStorage: {
      sizeInGiB: ephemeralStorageGib(overrides.ephemeralStorage ?? definition.ephemeralStorage),
    },
    overrides: { ...overrides, containerOverrides: everyContainer(plan) },
    createdAt: now,
    updatedAt: now,
    attachment: { id: randomUUID(), subnetId, status: "PRECREATED" },
    containers: definition.containerDefinitions.map((container) => {
      const override = overrides.containerOverrides?.find(({ name }) => name === container.name);
      const memory = override?.memory ?? container.memory;
      const memoryReservation = override?.memoryReservation ?? container.memoryReservation;
      return {
        containerArn: containerArn(context, cluster.clusterName, id, randomUUID()),
        name: container.name,
        image: container.image,
        cpu: override?.cpu ?? container.cpu,
        ...(memory === undefined ? {} : { memory }),
        ...(memoryReservation === undefined ? {} : { memoryReservation }),
        lastStatus: "PENDING",
      };
    }),
    tags: plan.tags,
    lastStatus: "PROVISIONING",
    desiredStatus: "RUNNING",
    version: 1,
    toldVersion: 0,
  };
}

/** ECS lists every container in the overrides, those with nothing of their own by name alone. */
function everyContainer({ definition, request }: TaskPlan): { name: string }[] {
  return definition.containerDefinitions.map(
    ({ name }) =>
      request.overrides.containerOverrides?.find((override) => override.name === name) ?? { name },
  );
}
