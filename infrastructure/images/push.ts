import { GetAuthorizationTokenCommand, type ECRClient } from "@aws-sdk/client-ecr";
import { plainHttpFlags, type ContainerEngine } from "#local/containers/engine.ts";

const LOGIN_TIMEOUT_MS = 60_000;
const PUSH_TIMEOUT_MS = 30 * 60_000;

/** An engine that may push to an account's registry until it is disposed of. */
export interface Push extends AsyncDisposable {
  /** @param reference of an image that was built, e.g. 111122223333.dkr.ecr.us-east-1.amazonaws.com/slipway-dev/media:0123 */
  push(reference: string, onLine: (line: string) => void): Promise<void>;
}

/**
 * Logs the engine in with a token of ECR, which goes over standard input and is good for 12 hours at most.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export async function openPush(engine: ContainerEngine, ecr: ECRClient): Promise<Push> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken = "", proxyEndpoint = "" } = authorizationData?.[0] ?? {};
  const [user = "", password = ""] = Buffer.from(authorizationToken, "base64").toString("utf8").split(":");
  const registry = new URL(proxyEndpoint);
  const flags = registry.protocol === "http:" ? plainHttpFlags(engine) : [];
  await engine.call({
    args: ["login", ...flags, "--username", user, "--password-stdin", registry.host],
    input: password,
    timeoutMs: LOGIN_TIMEOUT_MS,
  });
  return {
    push: async (reference, onLine) => {
      await engine.call({ args: ["push", ...flags, reference], timeoutMs: PUSH_TIMEOUT_MS, onLine });
    },
    [Symbol.asyncDispose]: async () => {
      await engine.call({ args: ["logout", registry.host], timeoutMs: LOGIN_TIMEOUT_MS });
    },
  };
}
