import { AwsError } from "../gateway/aws-error.ts";
import type { QueryOperation } from "../gateway/query-protocol.ts";
import type { GatewayRequest } from "../gateway/service.ts";
import type { PolicyDocument } from "./policy.ts";
import type { Role, RoleStore } from "./role-store.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html: roles and their policies */
export function iamOperations(roles: RoleStore): Record<string, QueryOperation> {
  /** The role that a call is about, after the caller was found to be allowed to make it. */
  const roleFor = (action: string, input: Record<string, unknown>, request: GatewayRequest): Role => {
    const name = required(input, "RoleName");
    request.authorize(`iam:${action}`, roles.find(name)?.arn ?? `arn:aws:iam::000000000000:role/${name}`);
    return roles.get(name);
  };
  return {
    async CreateRole(input, request) {
      const name = required(input, "RoleName");
      const path = String(input["Path"] ?? "/");
      request.authorize("iam:CreateRole", `arn:aws:iam::000000000000:role${path}${name}`);
      const trust = document(input, "AssumeRolePolicyDocument");
      return { Role: described(roles.create({ name, path, trust, ...optional(input) })) };
    },
    GetRole: async (input, request) => ({ Role: described(roleFor("GetRole", input, request)) }),
    async ListRoles(_, request) {
      request.authorize("iam:ListRoles", "*");
      return { IsTruncated: false, Roles: roles.all().map(described) };
    },
    async DeleteRole(input, request) {
      const role = roleFor("DeleteRole", input, request);
      if (Object.keys(role.inline).length > 0 || role.attached.length > 0) {
        throw new AwsError("DeleteConflict", "Cannot delete entity, must detach all policies first.", 409);
      }
      roles.remove(role.name);
      return {};
    },
    async UpdateAssumeRolePolicy(input, request) {
      const role = roleFor("UpdateAssumeRolePolicy", input, request);
      roles.put({ ...role, trust: document(input, "PolicyDocument") });
      return {};
    },
    async PutRolePolicy(input, request) {
      const role = roleFor("PutRolePolicy", input, request);
      const inline = { ...role.inline, [required(input, "PolicyName")]: document(input, "PolicyDocument") };
      roles.put({ ...role, inline });
      return {};
    },
    async GetRolePolicy(input, request) {
      const role = roleFor("GetRolePolicy", input, request);
      const name = required(input, "PolicyName");
      const found = role.inline[name];
      if (found === undefined) throw noPolicy(name);
      return {
        RoleName: role.name,
        PolicyName: name,
        PolicyDocument: encodeURIComponent(JSON.stringify(found)),
      };
    },
    async DeleteRolePolicy(input, request) {
      const role = roleFor("DeleteRolePolicy", input, request);
      const name = required(input, "PolicyName");
      const { [name]: removed, ...inline } = role.inline;
      if (removed === undefined) throw noPolicy(name);
      roles.put({ ...role, inline });
      return {};
    },
    async ListRolePolicies(input, request) {
      const role = roleFor("ListRolePolicies", input, request);
      return { IsTruncated: false, PolicyNames: Object.keys(role.inline) };
    },
    async AttachRolePolicy(input, request) {
      const role = roleFor("AttachRolePolicy", input, request);
      const arn = required(input, "PolicyArn");
      if (roles.managedPolicy(arn) === undefined) throw noPolicy(arn);
      roles.put({ ...role, attached: [...new Set([...role.attached, arn])] });
      return {};
    },
    async DetachRolePolicy(input, request) {
      const role = roleFor("DetachRolePolicy", input, request);
      roles.put({ ...role, attached: role.attached.filter((arn) => arn !== input["PolicyArn"]) });
      return {};
    },
    async ListAttachedRolePolicies(input, request) {
      const role = roleFor("ListAttachedRolePolicies", input, request);
      const named = role.attached.map((arn) => ({
        PolicyName: arn.slice(arn.lastIndexOf("/") + 1),
        PolicyArn: arn,
      }));
      return { IsTruncated: false, AttachedPolicies: named };
    },
  };
}

function described(role: Role): Record<string, unknown> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trust)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

function optional(input: Record<string, unknown>): Partial<Pick<Role, "description" | "maxSessionSeconds">> {
  return {
    ...(input["Description"] === undefined ? {} : { description: String(input["Description"]) }),
    ...(input["MaxSessionDuration"] === undefined
      ? {}
      : { maxSessionSeconds: Number(input["MaxSessionDuration"]) }),
  };
}

function required(input: Record<string, unknown>, name: string): string {
  const value = input[name];
  if (typeof value === "string" && value !== "") return value;
  const member = `${name[0]?.toLowerCase()}${name.slice(1)}`;
  throw new AwsError(
    "ValidationError",
    `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

function document(input: Record<string, unknown>, name: string): PolicyDocument {
  try {
    const parsed = JSON.parse(required(input, name)) as PolicyDocument;
    if (typeof parsed === "object" && parsed !== null && parsed.Statement !== undefined) return parsed;
  } catch (error) {
    if (error instanceof AwsError) throw error;
  }
  throw new AwsError("MalformedPolicyDocument", "Syntax errors in policy.");
}

function noPolicy(name: string): AwsError {
  return new AwsError("NoSuchEntity", `The policy ${name} cannot be found.`, 404);
}
