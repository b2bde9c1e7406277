import type { Ecs } from "../ecs.ts";
import type { TaskRecord } from "../model/task.ts";
import { isRunning, isWanted, primaryOf, type Deployment, type ServiceRecord } from "./service-record.ts";
import { tasksOf } from "./service-tasks.ts";

/** A service as the API answers it. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html */
export function serviceDocument(
  ecs: Ecs,
  service: ServiceRecord,
  options: { tags: boolean },
): Record<string, unknown> {
  const tasks = tasksOf(ecs, service);
  const { taskDefinition, ...launch } = primaryOf(service).launch;
  return {
    ...service.recorded,
    loadBalancers: service.recorded["loadBalancers"] ?? [],
    serviceRegistries: service.recorded["serviceRegistries"] ?? [],
    placementConstraints: service.recorded["placementConstraints"] ?? [],
    placementStrategy: service.recorded["placementStrategy"] ?? [],
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts(tasks),
    ...launch,
    taskDefinition,
    platformFamily: "Linux",
    deploymentConfiguration: service.deploymentConfiguration,
    deploymentController: { type: "ECS" },
    deployments: service.deployments
      .filter(({ status }) => status !== "INACTIVE" && service.status !== "INACTIVE")
      .map((deployment) => deploymentDocument(service, deployment, tasks)),
    events: service.events.map((event) => ({ ...event, createdAt: event.createdAt / 1000 })),
    schedulingStrategy: "REPLICA",
    createdAt: service.createdAt / 1000,
    enableECSManagedTags: service.enableECSManagedTags,
    enableExecuteCommand: service.enableExecuteCommand,
    propagateTags: service.propagateTags,
    tags: options.tags ? service.tags : [],
  };
}

function deploymentDocument(
  service: ServiceRecord,
  deployment: Deployment,
  all: readonly TaskRecord[],
): Record<string, unknown> {
  const tasks = all.filter(({ startedBy }) => startedBy === deployment.id);
  return {
    ...deployment.launch,
    id: deployment.id,
    status: deployment.status,
    desiredCount:
      deployment.status === "PRIMARY" ? service.desiredCount : tasks.filter((task) => isWanted(task)).length,
    ...counts(tasks),
    failedTasks: deployment.failedTasks,
    createdAt: deployment.createdAt / 1000,
    updatedAt: deployment.updatedAt / 1000,
    platformFamily: "Linux",
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

function counts(tasks: readonly TaskRecord[]): { runningCount: number; pendingCount: number } {
  const running = tasks.filter((task) => task.lastStatus === "RUNNING").length;
  return {
    runningCount: running,
    pendingCount: tasks.filter((task) => isWanted(task) && !isRunning(task)).length,
  };
}
