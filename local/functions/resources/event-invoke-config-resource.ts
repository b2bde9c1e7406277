import type { Properties, ResourceProvider, ResourceState } from "../../cloudformation/resource-provider.ts";
import { deleteEventInvokeConfig, putEventInvokeConfig } from "../asynchronous/event-invoke-config.ts";
import { parseFunctionName } from "../function-name.ts";
import { requiredText } from "../input.ts";
import type { FunctionParts } from "../parts.ts";

/** AWS::Lambda::EventInvokeConfig */
export function eventInvokeConfigResource(parts: FunctionParts): ResourceProvider {
  const put = async (properties: Properties): Promise<ResourceState> => {
    const { name, qualifier } = targetOf(properties);
    putEventInvokeConfig(parts, name, qualifier, properties);
    return { physicalId: `${name}|${qualifier}`, attributes: {} };
  };
  return {
    type: "AWS::Lambda::EventInvokeConfig",
    required: ["FunctionName", "Qualifier"],
    properties: {
      DestinationConfig: "update",
      FunctionName: "replace",
      MaximumEventAgeInSeconds: "update",
      MaximumRetryAttempts: "update",
      Qualifier: "replace",
    },
    create: put,
    update: (_state, properties) => put(properties),
    async delete(_state, properties) {
      const { name, qualifier } = targetOf(properties);
      const present = parts.store.find(name)?.eventInvokeConfigs[qualifier];
      if (present !== undefined) deleteEventInvokeConfig(parts, name, qualifier);
    },
  };
}

function targetOf(properties: Properties): { name: string; qualifier: string } {
  return {
    name: parseFunctionName(requiredText(properties, "FunctionName")).name,
    qualifier: requiredText(properties, "Qualifier"),
  };
}
