import type { IdentityPort } from "#local/context/cloud-context.ts";

/** Roles that ECS may use, all but those called "untrusted"; the role "missing" does not exist. */
export const taskIdentity: IdentityPort = {
  isTrustedBy(role, service) {
    if (role.endsWith("/missing")) return undefined;
    return service === "ecs-tasks.amazonaws.com" && !role.endsWith("/untrusted");
  },
  credentialsFor: (role, session) => ({
    accessKeyId: `key-of-${role.split("/").at(-1)}`,
    secretAccessKey: "secret",
    sessionToken: `session-${session}`,
    expiration: new Date(Date.now() + 3_600_000).toISOString(),
  }),
  secretAccessKeyOf: () => undefined,
  roleAllowed: () => true,
  servicePrincipalAllowed: () => false,
};
