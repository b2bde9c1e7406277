import type { EcsOperation } from "../ecs.ts";
import { runTask } from "../launch/run-task.ts";
import { taskDocument } from "../model/task-document.ts";

/**
 * Of a task that has stopped, a repeated call tells no more than that.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
export const runTaskOperation: EcsOperation = (ecs, input, authorize) => {
  const { tasks, failures } = runTask(ecs, input, authorize);
  return {
    tasks: tasks.map((task) => {
      const { taskArn, lastStatus, desiredStatus } = task;
      return lastStatus === "STOPPED"
        ? { taskArn, lastStatus, desiredStatus }
        : taskDocument(task, { tags: true });
    }),
    failures,
  };
};
