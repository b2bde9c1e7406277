import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { QueryOperation } from "../gateway/query-protocol.ts";
import { userArn } from "./authority.ts";
import { conditionsHold } from "./conditions.ts";
import { statementsOf } from "./policy.ts";
import type { Role, RoleStore } from "./role-store.ts";
import type { SessionKeys } from "./session-keys.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html, as far as deploys and the CLI need it */
export function stsOperations(
  context: CloudContext,
  roles: RoleStore,
  keys: SessionKeys,
): Record<string, QueryOperation> {
  return {
    async GetCallerIdentity(_, { principal }) {
      if (principal.kind === "anonymous") {
        throw new AwsError("MissingAuthenticationToken", "Request is missing Authentication Token", 403);
      }
      const arn = userArn(context, principal);
      if (principal.kind === "operator")
        return { Arn: arn, UserId: context.accountId, Account: context.accountId };
      const id = roles.byArn(principal.roleArn).id;
      return { Arn: arn, UserId: `${id}:${principal.sessionName}`, Account: context.accountId };
    },

    async AssumeRole(input, request) {
      const roleArn = String(input["RoleArn"] ?? "");
      const sessionName = String(input["RoleSessionName"] ?? "");
      if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
        throw new AwsError(
          "ValidationError",
          `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
        );
      }
      request.authorize("sts:AssumeRole", roleArn);
      const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
      const role = roles.find(name);
      const caller = userArn(context, request.principal);
      if (
        role?.arn !== roleArn ||
        (request.principal.kind === "role" && !trusts(role, request.principal.roleArn, caller, context))
      ) {
        throw new AwsError(
          "AccessDenied",
          `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
          403,
        );
      }
      const seconds = Number(input["DurationSeconds"] ?? 3600);
      if (!(seconds >= 900 && seconds <= role.maxSessionSeconds)) {
        throw new AwsError(
          "ValidationError",
          "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        );
      }
      const credentials = keys.issue(roleArn, sessionName, seconds * 1000);
      return {
        Credentials: {
          AccessKeyId: credentials.accessKeyId,
          SecretAccessKey: credentials.secretAccessKey,
          SessionToken: credentials.sessionToken,
          Expiration: credentials.expiration,
        },
        AssumedRoleUser: {
          AssumedRoleId: `${role.id}:${sessionName}`,
          Arn: `arn:aws:sts::${context.accountId}:assumed-role/${role.name}/${sessionName}`,
        },
      };
    },
  };
}

/** A role may assume another one only if that one's trust policy names it, its session or the account. */
function trusts(role: Role, roleArn: string, sessionArn: string, context: CloudContext): boolean {
  const names = [roleArn, sessionArn, "*", context.accountId, `arn:aws:iam::${context.accountId}:root`];
  const named = statementsOf(role.trust).filter((statement) => {
    const principal = statement.Principal;
    const aws =
      principal === "*" ? "*" : (principal as Record<string, string | string[]> | undefined)?.["AWS"];
    const matches = [aws ?? []].flat().some((name) => names.includes(name));
    return (
      matches &&
      conditionsHold(statement.Condition, {
        "aws:PrincipalArn": roleArn,
        "aws:PrincipalAccount": context.accountId,
      })
    );
  });
  return named.length > 0 && named.every((statement) => statement.Effect === "Allow");
}
