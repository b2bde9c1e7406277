import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsError } from "./aws-error.ts";
import { answerControl } from "./controls.ts";
import type { Decision, GatewayResponse, LocalService, Principal } from "./service.ts";
import { escapeXml } from "./xml.ts";
import { signatureOf } from "./signature-scope.ts";

/** What the gateway asks of IAM. */
export interface GatewayAuthority {
  principalOf(accessKeyId: string | undefined, sessionToken: string | undefined): Principal;
  /** @throws AwsError AccessDenied */
  authorize(
    principal: Principal,
    action: string,
    resource: string,
    conditions: Readonly<Record<string, string | readonly string[]>>,
  ): void;
  /** The same as an answer. Nobody was refused anything, so that it is not remembered as a refused call. */
  decide(
    principal: Principal,
    action: string,
    resource: string,
    conditions: Readonly<Record<string, string | readonly string[]>>,
  ): Decision;
}

/** Asked before and after an AWS call is done: whether its caller has died in that moment, so that nobody hears the answer. */
export type CallGuard = (moment: "before" | "after") => boolean;
export type CallWatch = (accessKeyId: string, service: string) => CallGuard | undefined;

export interface Gateway {
  readonly port: number;
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * One endpoint for all services, on 127.0.0.1. The service is read from the signature's credential scope, as AWS clients
 * send the same paths to different hosts.
 * @throws Error with code EADDRINUSE where the port is taken
 */
export async function startGateway(options: {
  /** 0 takes a free one. */
  port: number;
  defaultRegion: string;
  services: readonly LocalService[];
  authority: GatewayAuthority;
  watchCall?: CallWatch;
  report(line: string): void;
}): Promise<Gateway> {
  const byName = new Map(
    options.services.flatMap((service) => service.signingNames.map((name) => [name, service] as const)),
  );
  const stopping = new AbortController();
  const server = createServer((request, response) => {
    const answered =
      request.url?.startsWith("/_cloud/") === true ? control(request, response) : route(request, response);
    answered.catch((error: unknown) => {
      if (response.destroyed || isAbort(error)) return;
      options.report(
        `${request.method} ${request.url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      if (!response.headersSent)
        send(response, { status: 500, body: "InternalFailure" }, "-").catch(() => undefined);
      else response.destroy();
    });
  });
  server.requestTimeout = 0;
  // Clients close what is idle: the server's doing so would cross with a request that is on its way, which then fails.
  server.keepAliveTimeout = 0;

  async function route(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const url = new URL(`http://${incoming.headers.host ?? "127.0.0.1"}${safeTarget(incoming.url)}`);
    const signature = signatureOf(incoming.headers, url);
    const service = signature === undefined ? unsigned(url) : byName.get(signature.service);
    if (service === undefined) {
      const text = `The local cloud has no service "${signature?.service ?? "s3"}".`;
      const body = JSON.stringify({ __type: "UnknownOperationException", message: text });
      await send(
        response,
        { status: 501, headers: { "content-type": "application/x-amz-json-1.1" }, body },
        requestId,
      );
      return;
    }
    const gone = new AbortController();
    // An answer that arrived aborts nothing: the error that an abort makes costs more than many a call.
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const answer = async (): Promise<GatewayResponse> => {
      const principal = options.authority.principalOf(signature?.accessKeyId, signature?.sessionToken);
      return service.handle({
        method: incoming.method ?? "GET",
        url,
        rawTarget: incoming.url ?? "/",
        headers: incoming.headers,
        body: incoming,
        region: signature?.region ?? options.defaultRegion,
        service: signature?.service ?? "s3",
        principal,
        requestId,
        get signal() {
          return AbortSignal.any([gone.signal, stopping.signal]);
        },
        authorize: (action, resource, conditions) =>
          options.authority.authorize(principal, action, resource, conditions ?? {}),
        decide: (action, resource, conditions) =>
          options.authority.decide(principal, action, resource, conditions ?? {}),
      });
    };
    const hasDied =
      signature === undefined ? undefined : options.watchCall?.(signature.accessKeyId, signature.service);
    if (hasDied?.("before") === true) return void response.destroy();
    const answered = await answer().catch((error: unknown) => errorAnswer(incoming, error));
    if (hasDied?.("after") === true) return void response.destroy();
    await send(response, answered, requestId);
  }

  /** No bucket is called "v2": names have three characters at least. */
  function unsigned({ pathname }: URL): LocalService | undefined {
    const byPath = options.services.find(
      ({ unsignedPath }) => unsignedPath !== undefined && pathname.startsWith(unsignedPath),
    );
    return byPath ?? byName.get("s3");
  }

  async function control(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    await send(response, await answerControl(options.services, incoming), "-");
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      stopping.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What no service gave a document to, such as an expired key, in the form that the client's protocol reads. */
function errorAnswer(incoming: IncomingMessage, error: unknown): GatewayResponse {
  if (!(error instanceof AwsError)) throw error;
  const type = incoming.headers["content-type"] ?? "";
  const headers = { "x-amzn-errortype": error.code };
  if (type.includes("json")) {
    const body = JSON.stringify({ __type: error.code, message: error.message, ...error.members });
    return { status: error.status, headers: { ...headers, "content-type": type }, body };
  }
  const document = `<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message></Error>`;
  const body = type.includes("form-urlencoded") ? `<ErrorResponse>${document}</ErrorResponse>` : document;
  return { status: error.status, headers: { ...headers, "content-type": "application/xml" }, body };
}

async function send(response: ServerResponse, answer: GatewayResponse, requestId: string): Promise<void> {
  response.writeHead(answer.status, { "x-amzn-requestid": requestId, ...answer.headers });
  if (answer.body instanceof Readable) await pipeline(answer.body, response);
  else response.end(answer.body);
}

/** A target like `//key` must not be taken for a host name. */
function safeTarget(target: string | undefined): string {
  return target?.startsWith("/") === true ? target : "/";
}

function isAbort(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["AbortError", "ERR_STREAM_PREMATURE_CLOSE"].includes((error as NodeJS.ErrnoException).code ?? error.name)
  );
}
