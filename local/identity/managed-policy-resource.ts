import type { Properties, ResourceProvider } from "../cloudformation/resource-provider.ts";
import type { CloudContext } from "../context/cloud-context.ts";
import type { PolicyDocument } from "./policy.ts";
import type { RoleStore } from "./role-store.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html */
export function managedPolicyResource(context: CloudContext, roles: RoleStore): ResourceProvider {
  const detach = (arn: string, properties: Properties) => {
    for (const role of rolesOf(properties).map((name) => roles.find(name))) {
      if (role !== undefined)
        roles.put({ ...role, attached: role.attached.filter((attached) => attached !== arn) });
    }
  };
  const attach = (arn: string, properties: Properties) => {
    roles.putPolicy(arn, properties["PolicyDocument"] as PolicyDocument);
    for (const role of rolesOf(properties).map((name) => roles.get(name))) {
      roles.put({ ...role, attached: [...new Set([...role.attached, arn])] });
    }
  };
  return {
    type: "AWS::IAM::ManagedPolicy",
    required: ["PolicyDocument"],
    properties: {
      Description: "replace",
      ManagedPolicyName: "replace",
      Path: "replace",
      PolicyDocument: "update",
      Roles: "update",
    },
    async create(properties, resource) {
      const name = String(properties["ManagedPolicyName"] ?? resource.generateName({ maxLength: 128 }));
      const arn = `arn:aws:iam::${context.accountId}:policy${String(properties["Path"] ?? "/")}${name}`;
      attach(arn, properties);
      return { physicalId: arn, attributes: { PolicyArn: arn } };
    },
    async update(state, properties, previous) {
      detach(state.physicalId, previous);
      attach(state.physicalId, properties);
      return state;
    },
    delete: async (state) => roles.removePolicy(state.physicalId),
  };
}

function rolesOf(properties: Properties): readonly string[] {
  return (properties["Roles"] ?? []) as readonly string[];
}
