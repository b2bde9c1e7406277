import type { CloudContext, IdentityPort } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayAuthority } from "../gateway/gateway.ts";
import type { Decision, Principal } from "../gateway/service.ts";
import { accessDenied, anonymousDenied } from "./access-denied.ts";
import type { ConditionContext } from "./conditions.ts";
import { evaluate, namesService, type PolicyDocument } from "./policy.ts";
import type { RefusedCalls } from "./refused-calls.ts";
import type { RoleStore } from "./role-store.ts";
import type { SessionKeys } from "./session-keys.ts";

/** The operator may sign with any keys; of these, which the documentation names, the cloud knows the secret. */
const OPERATOR_KEY = { accessKeyId: "local", secretAccessKey: "local" };

/** Decides who a caller is and what he may do: the gateway's authority and the services' identity port. */
export function createAuthority(
  context: CloudContext,
  roles: RoleStore,
  keys: SessionKeys,
  refused: RefusedCalls,
): GatewayAuthority & IdentityPort {
  const weigh = (
    roleArn: string,
    action: string,
    resource: string,
    conditions: ConditionContext = {},
  ): Decision => {
    const role = roles.find(roleArn.slice(roleArn.lastIndexOf("/") + 1));
    return evaluate(role === undefined ? [] : roles.documentsOf(role), {
      action,
      resource,
      conditions: { ...globalConditions(context, roleArn), ...conditions },
    });
  };
  const decide = (
    roleArn: string,
    action: string,
    resource: string,
    conditions?: ConditionContext,
  ): Decision => {
    const decision = weigh(roleArn, action, resource, conditions);
    if (decision !== "allowed") refused.add(roleArn, action, resource, decision);
    return decision;
  };
  return {
    principalOf(accessKeyId, sessionToken) {
      if (accessKeyId === undefined) return { kind: "anonymous" };
      const session = keys.find(accessKeyId, sessionToken);
      if (session !== undefined) return { kind: "role", ...session };
      if (accessKeyId.startsWith("ASIA")) {
        throw new AwsError("ExpiredToken", "The security token included in the request is expired", 403);
      }
      return { kind: "operator", accessKeyId };
    },

    authorize(principal, action, resource, conditions) {
      if (principal.kind === "operator") return;
      if (principal.kind === "anonymous") throw anonymousDenied(action);
      const decision = decide(principal.roleArn, action, resource, conditions);
      if (decision !== "allowed") throw accessDenied(userArn(context, principal), action, resource, decision);
    },

    decide(principal, action, resource, conditions) {
      if (principal.kind !== "role") return principal.kind === "operator" ? "allowed" : "not-allowed";
      return weigh(principal.roleArn, action, resource, conditions);
    },

    roleAllowed: (roleArn, action, resource, conditions) =>
      decide(roleArn, action, resource, conditions) === "allowed",

    secretAccessKeyOf(accessKeyId) {
      if (accessKeyId === OPERATOR_KEY.accessKeyId) return OPERATOR_KEY.secretAccessKey;
      return accessKeyId.startsWith("ASIA") ? keys.secretOf(accessKeyId) : undefined;
    },

    credentialsFor: (roleArn, sessionName) => keys.issue(roles.byArn(roleArn).arn, sessionName),

    isTrustedBy(roleArn, service, conditions) {
      const request = {
        action: "sts:AssumeRole",
        resource: roleArn,
        conditions: { "aws:SourceAccount": context.accountId, ...conditions },
      };
      const role = roles.all().find(({ arn }) => arn === roleArn);
      if (role === undefined) return undefined;
      return evaluate([role.trust], request, (statement) => namesService(statement, service)) === "allowed";
    },

    servicePrincipalAllowed({ service, action, resource, policy, conditions }) {
      const document = policyDocument(policy);
      if (document === undefined) return false;
      const known = { "aws:SourceAccount": context.accountId, ...conditions };
      return (
        evaluate([document], { action, resource, conditions: known }, (statement) =>
          namesService(statement, service),
        ) === "allowed"
      );
    },
  };
}

/** How AWS names the caller: in GetCallerIdentity and in its refusals. */
export function userArn(context: CloudContext, principal: Principal): string {
  if (principal.kind !== "role") return `arn:aws:iam::${context.accountId}:root`;
  const roleName = principal.roleArn.slice(principal.roleArn.lastIndexOf("/") + 1);
  return `arn:aws:sts::${context.accountId}:assumed-role/${roleName}/${principal.sessionName}`;
}

function globalConditions(context: CloudContext, roleArn: string): Record<string, string> {
  return {
    "aws:PrincipalArn": roleArn,
    "aws:PrincipalAccount": context.accountId,
    "aws:PrincipalType": "AssumedRole",
    "aws:RequestedRegion": context.region,
    "aws:CurrentTime": new Date(context.clock.now()).toISOString(),
    // In AWS all of our clients speak TLS; on 127.0.0.1 there is nobody to listen.
    "aws:SecureTransport": "true",
  };
}

/** Policies are kept as documents by CloudFormation and as JSON text by the services' own calls. */
function policyDocument(policy: unknown): PolicyDocument | undefined {
  if (typeof policy === "string" && policy !== "") return JSON.parse(policy) as PolicyDocument;
  return typeof policy === "object" && policy !== null ? (policy as PolicyDocument) : undefined;
}
