import type { ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { deregisterTaskDefinition, registerTaskDefinition } from "../api/task-definitions.ts";
import { trusted, type Ecs } from "../ecs.ts";
import { lastPart } from "../model/arns.ts";
import type { TaskDefinition } from "../model/definition.ts";
import { parseInput, tags } from "../model/shapes.ts";
import { camelCase } from "./camel-case.ts";

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
      const { cpu, memory, ...input } = camelCase(properties);
      const registered = registerTaskDefinition(
        ecs,
        {
          ...input,
          family: properties["Family"] ?? lastPart(context.generateName({ maxLength: 255 })),
          ...(cpu === undefined ? {} : { cpu: String(cpu) }),
          ...(memory === undefined ? {} : { memory: String(memory) }),
        },
        trusted,
      ) as { taskDefinition: TaskDefinition };
      const arn = registered.taskDefinition.taskDefinitionArn;
      return { physicalId: arn, attributes: { TaskDefinitionArn: arn } };
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
