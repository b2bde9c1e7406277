import type { BusEvent } from "../../context/cloud-context.ts";
import { attachmentMembers, containerMembers, taskMembers } from "./task-members.ts";
import type { TaskRecord } from "./task.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * "ECS Task State Change" as ECS words it: timestamps in ISO 8601, attachment type `eni`, no tags, no healthStatus.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
 */
export function taskStateChange(task: TaskRecord): BusEvent {
  const detail = {
    ...taskMembers(task, iso),
    attachments: [attachmentMembers(task.attachment, "eni")],
    containers: task.containers.map((container) => containerMembers(task, container)),
    updatedAt: iso(task.updatedAt),
  };
  return {
    source: "aws.ecs",
    "detail-type": "ECS Task State Change",
    resources: [task.taskArn],
    time: iso(task.updatedAt),
    // Absent members are absent in the JSON, as in AWS, and what receivers keep must not change with the task.
    detail: JSON.parse(JSON.stringify(detail)) as unknown,
  };
}
