import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import { readBody } from "../../gateway/body.ts";
import { lastPart } from "../model/arns.ts";
import type { ContainerDefinition } from "../model/definition.ts";
import type { TaskContainer, TaskRecord } from "../model/task.ts";
import { containerMetadata, containerStats, taskMetadata } from "./metadata.ts";
import type { ProtectionRequest } from "./protection-endpoint.ts";

export interface AgentClient {
  readonly task: TaskRecord;
  readonly container: TaskContainer;
  readonly definitions: readonly ContainerDefinition[];
  /** The task role; absent: the container gets no credentials, as in AWS. */
  readonly roleArn?: string;
}

interface Registered extends AgentClient {
  readonly token: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * What a container on Fargate reaches at 169.254.170.2: metadata v4, the credentials of its task role, and the agent's API.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export class AgentEndpoint {
  readonly #context: CloudContext;
  #protection: ((request: ProtectionRequest) => Answer) | undefined;
  readonly #clients = new Map<string, Registered>();
  #server: Server | undefined;
  #base = "";

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** @param protection answers the task protection API */
  async start(protection: (request: ProtectionRequest) => Answer): Promise<void> {
    this.#protection = protection;
    const server = createServer((request, response) => this.#serve(request, response));
    // Never closed under a request that is on its way.
    server.keepAliveTimeout = 0;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    this.#server = server;
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#base = `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** What the environment of every container of this cloud has in it, and of no other's. */
  get mark(): string {
    return `ECS_CONTAINER_METADATA_URI_V4=${this.#base}/`;
  }

  /** @returns the environment variables that tell the container where its endpoints are, and how to take them away */
  register(client: AgentClient): { environment: Record<string, string>; release: () => void } {
    const id = `${lastPart(client.task.taskArn)}-${lastPart(client.container.containerArn).slice(-12)}`;
    const token = randomUUID();
    this.#clients.set(id, { ...client, token });
    const base = this.#base;
    return {
      environment: {
        ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/${id}`,
        ECS_AGENT_URI: `${base}/api/${id}`,
        // The relative form always means 169.254.170.2; SDKs take the full form on the loopback address.
        // https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
        ...(client.roleArn === undefined
          ? {}
          : {
              AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/v2/credentials/${id}`,
              AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
            }),
      },
      release: () => void this.#clients.delete(id),
    };
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request).then(
      ({ status, body }) =>
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
      (error: unknown) => {
        const status = error instanceof AwsError ? error.status : 500;
        response
          .writeHead(status)
          .end(JSON.stringify({ message: error instanceof Error ? error.message : "" }));
      },
    );
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const [, api = "", ...parts] = (request.url ?? "/").split("?")[0]?.split("/") ?? [];
    const id = (api === "v2" ? parts[1] : parts[0]) ?? "";
    const client = this.#clients.get(id);
    if (client === undefined)
      return { status: 404, body: { message: "unable to get task arn from request" } };
    if (api === "v2") return this.#credentials(request, client);
    if (api === "api") return this.#agentApi(request, client, parts.slice(1).join("/"));
    return metadata(client, parts.slice(1).join("/"));
  }

  async #agentApi(request: IncomingMessage, client: Registered, path: string): Promise<Answer> {
    const { task, roleArn } = client;
    const body = (await readBody(request)).toString("utf8");
    const answer = this.#protection?.({ method: request.method ?? "GET", path, body, task, roleArn });
    return answer ?? { status: 503, body: { message: "the agent is not started" } };
  }

  #credentials(request: IncomingMessage, client: Registered): Answer {
    if (client.roleArn === undefined || request.headers.authorization !== client.token) {
      return {
        status: 401,
        body: {
          code: "InvalidAuthorizationToken",
          message: "The authorization token is not this container's.",
        },
      };
    }
    const keys = this.#context.identity.credentialsFor(client.roleArn, lastPart(client.task.taskArn));
    return {
      status: 200,
      body: {
        RoleArn: client.roleArn,
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        Token: keys.sessionToken,
        Expiration: keys.expiration,
      },
    };
  }
}

async function metadata(client: Registered, path: string): Promise<Answer> {
  switch (path) {
    case "":
      return { status: 200, body: containerMetadata(client) };
    case "task":
      return { status: 200, body: taskMetadata(client) };
    case "taskWithTags":
      return { status: 200, body: taskMetadata(client, { tags: true }) };
    case "stats":
      return { status: 200, body: await containerStats(client.task, client.container) };
    case "task/stats": {
      const stats = client.task.containers.map(
        async (container) =>
          [container.runtimeId ?? container.name, await containerStats(client.task, container)] as const,
      );
      return { status: 200, body: Object.fromEntries(await Promise.all(stats)) };
    }
    default:
      return { status: 404, body: { message: `no metadata at /${path}` } };
  }
}
