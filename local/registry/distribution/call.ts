import type { GatewayRequest } from "../../gateway/service.ts";
import type { Registry } from "../registry.ts";
import type { Repository } from "../state/repository-store.ts";
import { DistributionError } from "./answers.ts";

/** One request of an engine, for a repository that is there, from somebody who may. */
export interface DistributionCall {
  readonly registry: Registry;
  readonly request: GatewayRequest;
  readonly repository: Repository;
  /** What stands behind the repository's name: a digest, a tag, an upload. */
  readonly reference: string;
}

/** Finds who calls, and whether the repository is there. @throws DistributionError */
export function openCall(
  registry: Registry,
  request: GatewayRequest,
  target: { readonly name: string; readonly reference: string; readonly action: string },
): DistributionCall {
  const principal = registry.tokens.principalOf(request.headers.authorization);
  if (principal === undefined) throw notLoggedIn();
  const { name, reference, action } = target;
  const arn = registry.repositories.arnOf(name);
  if (principal.kind === "role" && !registry.context.identity.roleAllowed(principal.roleArn, action, arn)) {
    throw new DistributionError(
      403,
      "DENIED",
      `User: ${principal.roleArn} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
    );
  }
  if (!registry.repositories.has(name))
    throw new DistributionError(404, "NAME_UNKNOWN", registry.repositories.notFound(name));
  return { registry, request, repository: registry.repositories.get(name), reference };
}

export function notLoggedIn(): DistributionError {
  return new DistributionError(
    401,
    "UNAUTHORIZED",
    "Your authorization token has expired. Reauthenticate and try again.",
  );
}
