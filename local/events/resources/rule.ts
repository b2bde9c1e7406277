import { z } from "zod";
import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../../cloudformation/resource-provider.ts";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { BusStore, Rule } from "../bus-store.ts";
import { putRule, putTargets } from "../rule-changes.ts";
import { ruleInput, target } from "../shapes.ts";
import { checked } from "../validation.ts";
import { fromTemplate, type TemplateTarget } from "./template-values.ts";

const targets = z.array(target).optional();

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html */
export function ruleResource(context: CloudContext, store: BusStore): ResourceProvider {
  const apply = (properties: Properties, name: string, resource: ResourceContext): ResourceState => {
    const values = fromTemplate(properties);
    const { EventPattern } = values;
    const input = checked(ruleInput, {
      ...values,
      Name: name,
      EventPattern: typeof EventPattern === "object" ? JSON.stringify(EventPattern) : EventPattern,
    });
    const wanted = checked(targets, ecsTargets(values["Targets"])) ?? [];
    reportUnsupported(values["Targets"], resource);
    const rule = putRule(context, store, input);
    rule.tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    rule.targets = [];
    putTargets(store, rule, wanted);
    return stateOf(rule);
  };
  return {
    type: "AWS::Events::Rule",
    properties: {
      Description: "update",
      EventBusName: "replace",
      EventPattern: "update",
      Name: "replace",
      RoleArn: "update",
      ScheduleExpression: "update",
      State: "update",
      Tags: "update",
      Targets: "update",
    },
    async create(properties, resource) {
      const name =
        typeof properties["Name"] === "string"
          ? properties["Name"]
          : resource.generateName({ maxLength: 64 });
      return apply(properties, name, resource);
    },
    async update(state, properties, _previous, resource) {
      const before = store.ruleByArn(String(state.attributes["Arn"]));
      return apply(
        properties,
        before?.name ?? state.physicalId.slice(state.physicalId.lastIndexOf("|") + 1),
        resource,
      );
    },
    async delete(state) {
      const rule = store.ruleByArn(String(state.attributes["Arn"]));
      if (rule === undefined) return;
      store.removeRule(rule);
      store.save();
    },
  };
}

/** Ref answers the name, and bus|name for a rule on another bus than the default one. */
function stateOf(rule: Rule): ResourceState {
  return {
    physicalId: rule.bus === "default" ? rule.name : `${rule.bus}|${rule.name}`,
    attributes: { Arn: rule.arn },
  };
}

/** Templates write some ECS parameters in another way than the API does. */
function ecsTargets(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((each: TemplateTarget) => {
    const parameters = each.EcsParameters;
    if (parameters === undefined) return each;
    const { TagList, NetworkConfiguration, CapacityProviderStrategy, ...others } = parameters;
    return {
      ...each,
      EcsParameters: {
        ...others,
        ...(TagList === undefined ? {} : { Tags: TagList }),
        ...(CapacityProviderStrategy === undefined
          ? {}
          : {
              CapacityProviderStrategy: CapacityProviderStrategy.map(
                ({ CapacityProvider, Weight, Base }) => ({
                  capacityProvider: CapacityProvider,
                  weight: Weight,
                  base: Base,
                }),
              ),
            }),
        ...(NetworkConfiguration === undefined
          ? {}
          : { NetworkConfiguration: { awsvpcConfiguration: NetworkConfiguration.AwsVpcConfiguration } }),
      },
    };
  });
}

const KNOWN_TARGET_PROPERTIES = new Set(Object.keys(target.shape));

function reportUnsupported(value: unknown, resource: ResourceContext): void {
  if (!Array.isArray(value)) return;
  for (const [index, each] of value.entries()) {
    for (const name of Object.keys(each as object)) {
      if (!KNOWN_TARGET_PROPERTIES.has(name)) resource.unsupported(`Targets.${index}.${name}`);
    }
  }
}
