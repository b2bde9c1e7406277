import type { ResourceProvider } from "../cloudformation/resource-provider.ts";
import type { CloudContext } from "../context/cloud-context.ts";
import { managedPolicyResource } from "./managed-policy-resource.ts";
import { policyResource } from "./policy-resource.ts";
import { roleResource } from "./role-resource.ts";
import type { RoleStore } from "./role-store.ts";

/** The CloudFormation types that IAM gives behaviour to. */
export function identityResources(context: CloudContext, roles: RoleStore): ResourceProvider[] {
  return [roleResource(roles), policyResource(roles), managedPolicyResource(context, roles)];
}
