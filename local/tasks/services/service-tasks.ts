import type { Ecs } from "../ecs.ts";
import type { TaskRecord } from "../model/task.ts";
import { groupOf, type ServiceRecord } from "./service-record.ts";

/** The tasks of a service that are not stopped yet, oldest first. */
export function tasksOf(ecs: Ecs, service: ServiceRecord): TaskRecord[] {
  const group = groupOf(service);
  const ids = new Set(service.deployments.map(({ id }) => id));
  return ecs.tasks
    .inCluster(service.clusterArn)
    .filter((task) => task.group === group && ids.has(task.startedBy ?? "") && task.lastStatus !== "STOPPED");
}

/** The service whose scheduler launched the task; undefined for a task that RunTask launched. */
export function serviceOf(ecs: Ecs, task: TaskRecord): ServiceRecord | undefined {
  if (task.startedBy?.startsWith("ecs-svc/") !== true) return undefined;
  return ecs.services
    .inCluster(task.clusterArn)
    .find((service) => service.deployments.some(({ id }) => id === task.startedBy));
}
