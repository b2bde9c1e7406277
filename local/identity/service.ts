import type { CloudContext, IdentityPort } from "../context/cloud-context.ts";
import type { GatewayAuthority } from "../gateway/gateway.ts";
import { inputCheck, withCode } from "../gateway/constraints/input-check.ts";
import { queryProtocol } from "../gateway/query-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { createAuthority } from "./authority.ts";
import { iamOperations } from "./iam-operations.ts";
import { RefusedCalls } from "./refused-calls.ts";
import { identityResources } from "./resources.ts";
import { RoleStore } from "./role-store.ts";
import { SessionKeys } from "./session-keys.ts";
import { stsOperations } from "./sts-operations.ts";

export interface IdentityService extends LocalService {
  /** Who may do what: for the gateway and, as a port, for the other services. */
  readonly authority: GatewayAuthority & IdentityPort;
}

/** IAM and STS. */
export function createIdentityService(context: CloudContext): IdentityService {
  const roles = new RoleStore(context);
  const keys = new SessionKeys(context.dataDir);
  const refused = new RefusedCalls(context);
  const sts = queryProtocol({
    service: "STS",
    xmlns: "https://sts.amazonaws.com/doc/2011-06-15/",
    check: inputCheck("sts", withCode("ValidationError", true)),
    operations: stsOperations(context, roles, keys),
  });
  const iam = queryProtocol({
    service: "IAM",
    xmlns: "https://iam.amazonaws.com/doc/2010-05-08/",
    check: inputCheck("iam", withCode("ValidationError", true)),
    operations: iamOperations(roles),
  });
  return {
    name: "identity",
    signingNames: ["sts", "iam"],
    authority: createAuthority(context, roles, keys, refused),
    handle: (request) => (request.service === "iam" ? iam(request) : sts(request)),
    resources: identityResources(context, roles),
    stop: async () => refused.save(),
    controls: {
      refused: async () => refused.list(),
      "clear-refused": async () => refused.clear(),
    },
  };
}
