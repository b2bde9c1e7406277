import type {
  Properties,
  ResourceContext,
  ResourceProvider,
  ResourceState,
} from "../cloudformation/resource-provider.ts";
import type { PolicyDocument } from "./policy.ts";
import type { Role, RoleStore } from "./role-store.ts";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export function roleResource(roles: RoleStore): ResourceProvider {
  /** What other resources and people gave the role stays; what the template gave before and no longer gives goes. */
  const apply = (
    role: Role,
    properties: Properties,
    previous: Properties,
    resource: ResourceContext,
  ): ResourceState => {
    const before = inlineOf(previous);
    const kept = Object.entries(role.inline).filter(([name]) => !Object.hasOwn(before, name));
    const attached = attachedOf(properties);
    for (const arn of attached.filter((candidate) => roles.managedPolicy(candidate) === undefined)) {
      resource.unsupported(`ManagedPolicyArns (${arn} is not known here and allows nothing)`);
    }
    const put = roles.put({
      ...role,
      trust: properties["AssumeRolePolicyDocument"] as PolicyDocument,
      maxSessionSeconds: Number(properties["MaxSessionDuration"] ?? 3600),
      inline: { ...Object.fromEntries(kept), ...inlineOf(properties) },
      attached: [
        ...new Set([...attached, ...role.attached.filter((arn) => !attachedOf(previous).includes(arn))]),
      ],
    });
    return { physicalId: put.name, attributes: { Arn: put.arn, RoleId: put.id } };
  };
  return {
    type: "AWS::IAM::Role",
    required: ["AssumeRolePolicyDocument"],
    properties: {
      AssumeRolePolicyDocument: "update",
      Description: "recorded",
      ManagedPolicyArns: "update",
      MaxSessionDuration: "update",
      Path: "replace",
      Policies: "update",
      RoleName: "replace",
      Tags: "recorded",
    },
    async create(properties, resource) {
      const name = String(properties["RoleName"] ?? resource.generateName({ maxLength: 64 }));
      const trust = properties["AssumeRolePolicyDocument"] as PolicyDocument;
      const owner = `${resource.stackId} ${resource.logicalId}`;
      const mine = roles.find(name);
      const role =
        mine?.owner === owner
          ? mine
          : roles.create({ name, path: String(properties["Path"] ?? "/"), trust, owner });
      return apply(role, properties, {}, resource);
    },
    update: async (state, properties, previous, resource) =>
      apply(roles.get(state.physicalId), properties, previous, resource),
    delete: async (state) => roles.remove(state.physicalId),
  };
}

function inlineOf(properties: Properties): Record<string, PolicyDocument> {
  const policies = (properties["Policies"] ?? []) as readonly {
    PolicyName: string;
    PolicyDocument: PolicyDocument;
  }[];
  return Object.fromEntries(policies.map((policy) => [policy.PolicyName, policy.PolicyDocument]));
}

function attachedOf(properties: Properties): readonly string[] {
  return (properties["ManagedPolicyArns"] ?? []) as readonly string[];
}
