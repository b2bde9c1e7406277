import { z } from "zod";
import type { EcsOperation } from "../ecs.ts";
import { anyContainerInstanceArn, lastPart } from "../model/arns.ts";
import { invalid, parseInput } from "../model/shapes.ts";
import { page } from "./page.ts";

const listTasksInput = z.object({
  cluster: z.string().optional(),
  containerInstance: z.string().optional(),
  serviceName: z.string().optional(),
  family: z.string().optional(),
  startedBy: z.string().optional(),
  desiredStatus: z.enum(["RUNNING", "PENDING", "STOPPED"]).optional(),
  launchType: z.enum(["EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"]).optional(),
  maxResults: z.int().optional(),
  nextToken: z.string().optional(),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTasks.html */
export const listTasks: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(listTasksInput, input);
  const { family, startedBy, launchType, containerInstance, serviceName } = request;
  const clusterArn = ecs.clusters.arnOf(request.cluster);
  authorize("ecs:ListTasks", anyContainerInstanceArn(ecs.context, lastPart(clusterArn)), {
    "ecs:cluster": clusterArn,
  });
  ecs.clusters.active(request.cluster);
  if (
    startedBy !== undefined &&
    [family, launchType, containerInstance, serviceName].some((filter) => filter !== undefined)
  ) {
    throw invalid("startedBy must be the only filter when it is specified.");
  }
  if (serviceName !== undefined) ecs.services.existing(clusterArn, serviceName);
  const desiredStatus = request.desiredStatus ?? "RUNNING";
  const matching = ecs.tasks
    .inCluster(clusterArn)
    .filter((task) => task.desiredStatus === desiredStatus)
    .filter((task) => startedBy === undefined || task.startedBy === startedBy)
    .filter((task) => family === undefined || lastPart(task.taskDefinitionArn).split(":")[0] === family)
    .filter(() => launchType === undefined || launchType === "FARGATE")
    .filter((task) => serviceName === undefined || task.group === `service:${lastPart(serviceName)}`)
    // No task here runs on an instance.
    .filter(() => containerInstance === undefined)
    .map((task) => task.taskArn);
  const { items, nextToken } = page(matching, request);
  return { taskArns: items, nextToken };
};
