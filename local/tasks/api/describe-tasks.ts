import { z } from "zod";
import type { EcsOperation } from "../ecs.ts";
import { lastPart, taskArn } from "../model/arns.ts";
import { taskDocument } from "../model/task-document.ts";
import { invalid, parseInput } from "../model/shapes.ts";

const describeTasksInput = z.object({
  cluster: z.string().optional(),
  tasks: z.array(z.string()),
  include: z.array(z.enum(["TAGS"])).default([]),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
export const describeTasks: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(describeTasksInput, input);
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  const arnOf = (task: string): string => taskArn(ecs.context, lastPart(clusterArn), lastPart(task));
  for (const task of request.tasks)
    authorize("ecs:DescribeTasks", arnOf(task), { "ecs:cluster": clusterArn });
  if (request.tasks.length === 0) throw invalid("Tasks cannot be empty.");
  if (request.tasks.length > 100) throw invalid("Tasks cannot have more than 100 entries.");
  ecs.clusters.active(request.cluster);
  const found = request.tasks.map((task) => ({ arn: arnOf(task), record: ecs.tasks.find(clusterArn, task) }));
  const tags = request.include.includes("TAGS");
  return {
    tasks: found.flatMap(({ record }) => (record === undefined ? [] : [taskDocument(record, { tags })])),
    failures: found.flatMap(({ arn, record }) => (record === undefined ? [{ arn, reason: "MISSING" }] : [])),
  };
};
