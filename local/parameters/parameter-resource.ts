import type { Properties, ResourceProvider, ResourceState } from "../cloudformation/resource-provider.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { ParameterStore } from "./parameter-store.ts";
import { checkName } from "./put-parameter.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html */
export function parameterResource(store: ParameterStore): ResourceProvider {
  const write = (name: string, properties: Properties): ResourceState => {
    const { Type: type, Value: value, Description: description, Tier: tier, Tags: tags } = properties;
    if (type !== "String" && type !== "StringList") {
      throw new AwsError(
        "ValidationException",
        "SSM Parameters of type SecureString cannot be created using CloudFormation",
      );
    }
    store.put(
      {
        name,
        tier: typeof tier === "string" ? tier : "Standard",
        tags: (tags ?? {}) as Record<string, string>,
        ...(typeof description === "string" ? { description } : {}),
      },
      { value: String(value), type },
    );
    return { physicalId: name, attributes: { Type: type, Value: value } };
  };
  return {
    type: "AWS::SSM::Parameter",
    required: ["Type", "Value"],
    properties: {
      AllowedPattern: "recorded",
      DataType: "recorded",
      Description: "update",
      Name: "replace",
      Policies: "recorded",
      Tags: "update",
      Tier: "update",
      Type: "update",
      Value: "update",
    },
    async create(properties, context) {
      const { Name: given } = properties;
      const name = typeof given === "string" ? given : context.generateName({ maxLength: 1011 });
      checkName(name);
      return write(name, properties);
    },
    update: async (state, properties) => write(state.physicalId, properties),
    delete: async (state) => void store.remove(state.physicalId),
  };
}
