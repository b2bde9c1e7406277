import { attachmentMembers, containerMembers, taskMembers } from "./task-members.ts";
import type { TaskRecord } from "./task.ts";

/** A task as the API answers it, with times in seconds. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
export function taskDocument(task: TaskRecord, options: { tags: boolean }): Record<string, unknown> {
  return {
    ...taskMembers(task, (ms) => ms / 1000),
    attachments: [attachmentMembers(task.attachment, "ElasticNetworkInterface")],
    containers: task.containers.map((container) => ({
      ...containerMembers(task, container),
      networkBindings: [],
      healthStatus: "UNKNOWN",
    })),
    fargateEphemeralStorage: task.ephemeralStorage,
    healthStatus: "UNKNOWN",
    overrides: { inferenceAcceleratorOverrides: [], ...task.overrides },
    platformFamily: "Linux",
    tags: options.tags ? task.tags : [],
  };
}
