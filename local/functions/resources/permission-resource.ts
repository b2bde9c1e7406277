import type { ResourceProvider } from "../../cloudformation/resource-provider.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { parseFunctionName } from "../function-name.ts";
import { requiredText } from "../input.ts";
import type { FunctionParts } from "../parts.ts";
import { addPermission, removePermission } from "../permissions.ts";

/** AWS::Lambda::Permission */
export function permissionResource(parts: FunctionParts): ResourceProvider {
  return {
    type: "AWS::Lambda::Permission",
    required: ["Action", "FunctionName", "Principal"],
    properties: {
      Action: "replace",
      FunctionName: "replace",
      Principal: "replace",
      SourceAccount: "replace",
      SourceArn: "replace",
    },
    async create(properties, context) {
      const { name, qualifier = "$LATEST" } = parseFunctionName(requiredText(properties, "FunctionName"));
      const physicalId = context.generateName({ maxLength: 100 });
      const { record } = parts.store.resolve({ name, qualifier });
      const present =
        record.statements[qualifier]?.some((statement) => statement.Sid === physicalId) === true;
      if (!present) addPermission(parts, name, qualifier, physicalId, properties);
      return { physicalId, attributes: { Id: physicalId } };
    },
    update: async (state) => state,
    async delete(state, properties) {
      const { name, qualifier = "$LATEST" } = parseFunctionName(requiredText(properties, "FunctionName"));
      try {
        removePermission(parts, name, qualifier, state.physicalId);
      } catch (error) {
        if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
      }
    },
  };
}
