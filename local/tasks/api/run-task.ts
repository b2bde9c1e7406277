import type { EcsOperation } from "../ecs.ts";
import { runTask } from "../launch/run-task.ts";
import { taskDocument } from "../model/task-document.ts";

export const runTaskOperation: EcsOperation = (ecs, input, authorize) => {
  const { tasks, failures } = runTask(ecs, input, authorize);
  return { tasks: tasks.map((task) => taskDocument(task, { tags: true })), failures };
};
