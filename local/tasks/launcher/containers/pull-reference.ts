import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CloudContext } from "../../../context/cloud-context.ts";
import { plainHttpFlags, type ContainerEngine } from "../../../containers/engine.ts";
import { folderOf } from "../image.ts";

const PULL_TIMEOUT_MS = 10 * 60_000;
const LOGIN_TIMEOUT_MS = 60_000;

export interface Pull {
  readonly context: CloudContext;
  readonly engine: ContainerEngine;
  readonly image: string;
  /** Whose right it is to read the account's own registry. */
  readonly executionRoleArn: string | undefined;
}

/**
 * Sees to it that the engine has a task definition's image: a folder of this machine is built, an image of the account's own ECR is
 * pulled from the local cloud's, any other from where its name says.
 * @returns how the engine knows it
 */
export async function pullReference(pull: Pull): Promise<string> {
  const { context, engine, image } = pull;
  const folder = folderOf(image);
  if (folder !== undefined) return build(engine, folder);
  const own = new RegExp(
    `^${context.accountId}\\.dkr\\.ecr\\.${context.region}\\.amazonaws\\.com/(.+)$`,
  ).exec(image)?.[1];
  if (own === undefined) {
    await engine.call({ args: ["pull", image], timeoutMs: PULL_TIMEOUT_MS });
    return image;
  }
  const registry = new URL(context.endpoint).host;
  const flags = plainHttpFlags(engine);
  // Podman keeps its logins where this says, and not among those of the person at the machine.
  const environment = { REGISTRY_AUTH_FILE: join(context.dataDir, "tasks", "registry-login.json") };
  await engine.call({
    args: ["login", ...flags, "--username", "AWS", "--password-stdin", registry],
    input: await password(pull),
    environment,
    timeoutMs: LOGIN_TIMEOUT_MS,
  });
  const reference = `${registry}/${own}`;
  await engine.call({ args: ["pull", ...flags, reference], environment, timeoutMs: PULL_TIMEOUT_MS });
  return reference;
}

/** What has not changed since the last build is taken from the engine's cache. */
async function build(engine: ContainerEngine, folder: string): Promise<string> {
  const tag = `localhost/local-cloud/${createHash("sha256").update(folder).digest("hex").slice(0, 16)}:latest`;
  await engine.call({ args: ["build", "--tag", tag, folder], timeoutMs: PULL_TIMEOUT_MS });
  return tag;
}

/** As ECS does with the task's execution role: the role's own policies decide. */
async function password({ context, executionRoleArn }: Pull): Promise<string> {
  if (executionRoleArn === undefined)
    throw new Error("the task definition has no execution role to read ECR with");
  const { accessKeyId, sessionToken } = context.identity.credentialsFor(executionRoleArn, "image-pull");
  const answer = await fetch(context.endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
      "x-amz-security-token": sessionToken,
      // The local cloud reads from it who calls, and checks no signature of its own services.
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/-/${context.region}/ecr/aws4_request, SignedHeaders=host, Signature=-`,
    },
    body: "{}",
  });
  const body = (await answer.json()) as {
    message?: string;
    authorizationData?: { authorizationToken: string }[];
  };
  const token = body.authorizationData?.[0]?.authorizationToken;
  if (token === undefined) throw new Error(body.message ?? `ECR answered ${answer.status}`);
  return Buffer.from(token, "base64").toString("utf8").slice("AWS:".length);
}
