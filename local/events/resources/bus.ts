import type { ResourceProvider, ResourceState } from "../../cloudformation/resource-provider.ts";
import type { Bus, BusStore } from "../bus-store.ts";
import { createBus, deleteBus } from "../operations/buses.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html */
export function busResource(store: BusStore): ResourceProvider {
  return {
    type: "AWS::Events::EventBus",
    properties: { Name: "replace", Description: "update", Tags: "update", KmsKeyIdentifier: "recorded" },
    required: ["Name"],
    async create(properties) {
      return configure(createBus(store, String(properties["Name"]), undefined), properties);
    },
    async update(state, properties) {
      return configure(store.bus(state.physicalId), properties);
    },
    async delete(state) {
      deleteBus(store, state.physicalId);
    },
  };

  function configure(bus: Bus, properties: Readonly<Record<string, unknown>>): ResourceState {
    if (typeof properties["Description"] === "string") bus.description = properties["Description"];
    else delete bus.description;
    const tags = (properties["Tags"] ?? []) as readonly { Key: string; Value: string }[];
    bus.tags = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
    store.save();
    return { physicalId: bus.name, attributes: { Arn: bus.arn, Name: bus.name } };
  }
}
