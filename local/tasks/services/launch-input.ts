import type { Tag } from "../model/shapes.ts";
import { groupOf, primaryOf, type ServiceRecord } from "./service-record.ts";

/** The RunTask that the scheduler makes for tasks of the primary deployment. */
export function launchInput(service: ServiceRecord, count: number): Record<string, unknown> {
  const { id, launch } = primaryOf(service);
  return {
    ...launch,
    cluster: service.clusterArn,
    count,
    group: groupOf(service),
    startedBy: id,
    enableECSManagedTags: service.enableECSManagedTags,
    enableExecuteCommand: service.enableExecuteCommand,
    ...(service.propagateTags === "SERVICE"
      ? { tags: service.tags }
      : { propagateTags: service.propagateTags }),
  };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html#managed-tags */
export function managedTags(service: ServiceRecord): Tag[] {
  return service.enableECSManagedTags ? [{ key: "aws:ecs:serviceName", value: service.serviceName }] : [];
}
