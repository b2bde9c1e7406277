import type { CloudContext } from "../context/cloud-context.ts";
import { jsonProtocol, type JsonOperation } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { DISTRIBUTION_PATH, distributionProtocol } from "./distribution/protocol.ts";
import { imageOperations } from "./operations/images.ts";
import { lifecyclePolicyOperations } from "./operations/lifecycle-policies.ts";
import { repositoryOperations } from "./operations/repositories.ts";
import { openRegistry, type Registry } from "./registry.ts";
import { repositoryResource } from "./resources.ts";

/** ECR: its API, and the protocol by which engines push to it and pull from it at the cloud's own address. */
export function createRegistryService(context: CloudContext): LocalService {
  const registry = openRegistry(context);
  const control = jsonProtocol({
    version: "1.1",
    service: "ECR",
    operations: {
      ...repositoryOperations(registry),
      ...lifecyclePolicyOperations(registry),
      ...imageOperations(registry),
      GetAuthorizationToken: getAuthorizationToken(registry),
    },
  });
  const distribution = distributionProtocol(registry);
  return {
    name: "registry",
    signingNames: ["ecr"],
    unsignedPath: DISTRIBUTION_PATH,
    handle: (request) =>
      request.url.pathname.startsWith(DISTRIBUTION_PATH) ? distribution(request) : control(request),
    resources: [repositoryResource(registry)],
  };
}

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html */
function getAuthorizationToken({ tokens, context }: Registry): JsonOperation {
  return async (_input, request) => {
    request.authorize("ecr:GetAuthorizationToken", "*");
    const { token, expiresAt } = tokens.issue(request.principal);
    return {
      authorizationData: [
        {
          authorizationToken: Buffer.from(token).toString("base64"),
          expiresAt: expiresAt / 1000,
          proxyEndpoint: context.endpoint,
        },
      ],
    };
  };
}
