import { z } from "zod";
import type { EcsOperation } from "../ecs.ts";
import { lastPart, taskArn } from "../model/arns.ts";
import { taskDocument } from "../model/task-document.ts";
import { invalid, parseInput } from "../model/shapes.ts";

const stopTaskInput = z.object({
  cluster: z.string().optional(),
  task: z.string(),
  reason: z.string().optional(),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html */
export const stopTask: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(stopTaskInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  authorize("ecs:StopTask", taskArn(ecs.context, lastPart(clusterArn), lastPart(request.task)), {
    "ecs:cluster": clusterArn,
  });
  const cluster = ecs.clusters.active(request.cluster);
  const task = ecs.tasks.find(cluster.clusterArn, request.task);
  if (task === undefined) throw invalid("The referenced task was not found.");
  if (task.lastStatus !== "STOPPED")
    ecs.lifecycle.stop(task, "UserInitiated", request.reason ?? "Task stopped by user");
  return { task: taskDocument(task, { tags: false }) };
};
