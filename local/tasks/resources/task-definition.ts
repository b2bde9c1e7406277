import { z } from "zod";
import type { ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { deregisterTaskDefinition, register } from "../api/task-definitions.ts";
import { trusted, type Ecs } from "../ecs.ts";
import { parseInput, tags } from "../model/shapes.ts";
import { camelCase } from "./camel-case.ts";

const taskSize = z.object({ cpu: z.coerce.string().optional(), memory: z.coerce.string().optional() });

/**
 * AWS::ECS::TaskDefinition: Ref is the ARN with its revision, and every change but one of tags is a new revision.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
 */
export function taskDefinitionResource(ecs: Ecs): ResourceProvider {
  return {
    type: "AWS::ECS::TaskDefinition",
    properties: {
      ContainerDefinitions: "replace",
      Cpu: "replace",
      EnableFaultInjection: "replace",
      EphemeralStorage: "replace",
      ExecutionRoleArn: "replace",
      Family: "replace",
      InferenceAccelerators: "replace",
      IpcMode: "replace",
      Memory: "replace",
      NetworkMode: "replace",
      PidMode: "replace",
      PlacementConstraints: "replace",
      ProxyConfiguration: "replace",
      RequiresCompatibilities: "replace",
      RuntimePlatform: "replace",
      TaskRoleArn: "replace",
      Volumes: "replace",
      Tags: "update",
    },
    async create(properties, context) {
      const { family = context.generateName({ maxLength: 255 }), ...input } = camelCase(properties);
      // CloudFormation takes the task's size as a number too; the API does not.
      const { cpu, memory } = parseInput(taskSize, input);
      const { taskDefinitionArn } = register(ecs, { ...input, family, cpu, memory }, trusted);
      return { physicalId: taskDefinitionArn, attributes: { TaskDefinitionArn: taskDefinitionArn } };
    },
    async update(state, properties) {
      ecs.definitions.setTags(
        state.physicalId,
        parseInput(tags, camelCase({ Tags: properties["Tags"] ?? [] })["tags"]),
      );
      return state;
    },
    async delete(state) {
      if (ecs.definitions.find(state.physicalId) !== undefined) {
        deregisterTaskDefinition(ecs, { taskDefinition: state.physicalId }, trusted);
      }
    },
  };
}
