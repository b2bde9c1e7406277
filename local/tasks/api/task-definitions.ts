import { z } from "zod";
import type { Authorize, Ecs, EcsOperation } from "../ecs.ts";
import { definitionArn } from "../model/arns.ts";
import { registerInput, type TaskDefinition } from "../model/definition.ts";
import { clientError, parseInput } from "../model/shapes.ts";
import { checkDefinition } from "./definition-rules.ts";
import { page } from "./page.ts";

const describeInput = z.object({
  taskDefinition: z.string(),
  include: z.array(z.enum(["TAGS"])).default([]),
});

const listInput = z.object({
  familyPrefix: z.string().optional(),
  status: z.enum(["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"]).default("ACTIVE"),
  sort: z.enum(["ASC", "DESC"]).default("ASC"),
  maxResults: z.int().optional(),
  nextToken: z.string().optional(),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export function register(ecs: Ecs, input: Record<string, unknown>, authorize: Authorize): TaskDefinition {
  const request = parseInput(registerInput, input);
  authorize("ecs:RegisterTaskDefinition", definitionArn(ecs.context, request.family, "*"));
  for (const role of [request.executionRoleArn, request.taskRoleArn]) {
    if (role !== undefined)
      authorize("iam:PassRole", role, { "iam:PassedToService": "ecs-tasks.amazonaws.com" });
  }
  checkDefinition(request);
  return ecs.definitions.register(request);
}

export const registerTaskDefinition: EcsOperation = (ecs, input, authorize) => {
  const taskDefinition = register(ecs, input, authorize);
  return { taskDefinition, tags: ecs.definitions.tags(taskDefinition.taskDefinitionArn) };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html */
export const describeTaskDefinition: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(describeInput, input);
  authorize("ecs:DescribeTaskDefinition", "*");
  const definition = ecs.definitions.find(request.taskDefinition);
  if (definition === undefined) throw clientError("Unable to describe task definition.");
  const tags = request.include.includes("TAGS") ? ecs.definitions.tags(definition.taskDefinitionArn) : [];
  return { taskDefinition: definition, tags };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html */
export const listTaskDefinitions: EcsOperation = (ecs, input, authorize) => {
  const request = parseInput(listInput, input);
  authorize("ecs:ListTaskDefinitions", "*");
  const matching = ecs.definitions
    .all()
    .filter(({ family, status }) => status === request.status && (request.familyPrefix ?? family) === family)
    .map(({ taskDefinitionArn }) => taskDefinitionArn);
  const { items, nextToken } = page(request.sort === "ASC" ? matching : matching.toReversed(), request);
  return { taskDefinitionArns: items, nextToken };
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html */
export const deregisterTaskDefinition: EcsOperation = (ecs, input, authorize) => {
  const { taskDefinition: reference } = parseInput(z.object({ taskDefinition: z.string() }), input);
  authorize("ecs:DeregisterTaskDefinition", "*");
  if (!reference.includes(":")) throw clientError("The revision of the task definition must be specified.");
  const definition = ecs.definitions.find(reference);
  if (definition === undefined)
    throw clientError(
      "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
    );
  if (definition.status === "ACTIVE") ecs.definitions.deregister(definition);
  return { taskDefinition: definition };
};
