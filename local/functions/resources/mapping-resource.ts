import type { ResourceProvider, ResourceState } from "../../cloudformation/resource-provider.ts";
import { parseFunctionName } from "../function-name.ts";
import type { EventSourceMapping } from "../function-record.ts";
import { requiredText } from "../input.ts";
import { createMapping, deleteMapping, updateMapping } from "../mappings/mapping-changes.ts";
import type { FunctionParts } from "../parts.ts";

/** AWS::Lambda::EventSourceMapping */
export function mappingResource(parts: FunctionParts): ResourceProvider {
  return {
    type: "AWS::Lambda::EventSourceMapping",
    required: ["FunctionName"],
    properties: {
      BatchSize: "update",
      Enabled: "update",
      EventSourceArn: "replace",
      FunctionName: "update",
      FunctionResponseTypes: "update",
      MaximumBatchingWindowInSeconds: "update",
      ScalingConfig: "update",
      Tags: "recorded",
    },
    async create(properties) {
      const { arn } = parts.store.resolve(parseFunctionName(requiredText(properties, "FunctionName")));
      const present = parts.store.mappings.find(
        (mapping) => mapping.functionArn === arn && mapping.queueArn === properties["EventSourceArn"],
      );
      // A create that was cut short is taken up.
      return stateOf(
        parts,
        present === undefined
          ? await createMapping(parts, properties)
          : await updateMapping(parts, present.uuid, properties),
      );
    },
    async update(state, properties) {
      const defaults = {
        BatchSize: 10,
        Enabled: true,
        FunctionResponseTypes: [],
        MaximumBatchingWindowInSeconds: 0,
        ScalingConfig: {},
      };
      return stateOf(parts, await updateMapping(parts, state.physicalId, { ...defaults, ...properties }));
    },
    async delete(state) {
      if (parts.store.findMapping(state.physicalId) !== undefined) deleteMapping(parts, state.physicalId);
    },
  };
}

function stateOf({ context }: FunctionParts, { uuid }: EventSourceMapping): ResourceState {
  const arn = `arn:aws:lambda:${context.region}:${context.accountId}:event-source-mapping:${uuid}`;
  return { physicalId: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
}
