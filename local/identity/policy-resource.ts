import type { Properties, ResourceProvider } from "../cloudformation/resource-provider.ts";
import type { PolicyDocument } from "./policy.ts";
import type { RoleStore } from "./role-store.ts";

/**
 * An inline policy of one or more roles.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
 */
export function policyResource(roles: RoleStore): ResourceProvider {
  const remove = (properties: Properties) => {
    for (const role of rolesOf(properties).map((name) => roles.find(name))) {
      if (role === undefined) continue;
      const { [nameOf(properties)]: _, ...inline } = role.inline;
      roles.put({ ...role, inline });
    }
  };
  const add = (properties: Properties) => {
    for (const role of rolesOf(properties).map((name) => roles.get(name))) {
      const document = properties["PolicyDocument"] as PolicyDocument;
      roles.put({ ...role, inline: { ...role.inline, [nameOf(properties)]: document } });
    }
  };
  return {
    type: "AWS::IAM::Policy",
    required: ["PolicyDocument", "PolicyName"],
    properties: { PolicyDocument: "update", PolicyName: "update", Roles: "update" },
    async create(properties, resource) {
      add(properties);
      return { physicalId: resource.generateName({ maxLength: 128 }), attributes: {} };
    },
    async update(state, properties, previous) {
      remove(previous);
      add(properties);
      return state;
    },
    delete: async (_, properties) => remove(properties),
  };
}

function rolesOf(properties: Properties): readonly string[] {
  return (properties["Roles"] ?? []) as readonly string[];
}

function nameOf(properties: Properties): string {
  return String(properties["PolicyName"]);
}
