import { AwsError } from "../../gateway/aws-error.ts";
import type { Template } from "../template/template.ts";

const NAME_PROPERTIES = ["RoleName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName"];

/** Policies that hang on a named resource; their PolicyName names no resource of its own. */
const IAM_TYPES =
  /^AWS::IAM::(AccessKey|Group|InstanceProfile|ManagedPolicy|Policy|Role|RolePolicy|User|UserToGroupAddition)$/;

export interface NeededCapability {
  readonly capability: "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM";
  readonly types: readonly string[];
}

/** What a caller has to acknowledge. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export function neededCapability(template: Template): NeededCapability | undefined {
  const resources = Object.values(template.resources).filter(({ type }) => IAM_TYPES.test(type));
  if (resources.length === 0) return undefined;
  const named = resources.some(({ properties }) =>
    NAME_PROPERTIES.some((name) => properties[name] !== undefined),
  );
  return {
    capability: named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM",
    types: [...new Set(resources.map(({ type }) => type))],
  };
}

/** @throws AwsError InsufficientCapabilitiesException */
export function requireCapabilities(template: Template, given: readonly string[]): void {
  const needed = neededCapability(template);
  if (needed === undefined || given.includes(needed.capability) || given.includes("CAPABILITY_NAMED_IAM"))
    return;
  throw new AwsError("InsufficientCapabilitiesException", `Requires capabilities : [${needed.capability}]`);
}
