import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readBody } from "../../gateway/body.ts";

/** What the process of one environment may ask and tell. */
export interface RuntimeDelegate {
  /** Called with each wait for the next invocation; the answer ends the wait. */
  next(answer: (invocation: RuntimeInvocation) => void): void;
  finished(requestId: string, outcome: RuntimeOutcome): void;
  initializationFailed(errorDocument: Buffer): void;
}

export interface RuntimeInvocation {
  readonly requestId: string;
  /** Milliseconds since 1970 */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly clientContext?: string;
  readonly payload: Buffer;
}

export interface RuntimeOutcome {
  readonly failed: boolean;
  readonly body: Buffer;
}

export interface RuntimeApiServer {
  /** Opens the API to one process. `address` is its AWS_LAMBDA_RUNTIME_API; nobody else can guess it. */
  register(delegate: RuntimeDelegate): { readonly address: string; close(): void };
  stop(): Promise<void>;
}

/** Larger answers are refused later, in Lambda's words; here the limit only protects the cloud's memory. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const ROUTE =
  /^\/(?<token>[0-9a-f]+)\/2018-06-01\/runtime\/(?:(?<next>invocation\/next)|(?<init>init\/error)|invocation\/(?<id>[^/]+)\/(?<kind>response|error))$/;

/** The Runtime API of all environments. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html */
export async function startRuntimeApi(): Promise<RuntimeApiServer> {
  const delegates = new Map<string, RuntimeDelegate>();
  const server = createServer((request, response) => {
    // An error here is a connection that broke because its process was killed: the process' end is told elsewhere.
    answer(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = 0;
  server.keepAliveTimeout = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = ROUTE.exec(request.url ?? "")?.groups;
    const delegate = delegates.get(route?.["token"] ?? "");
    if (route === undefined || delegate === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (route["next"] !== undefined) {
      delegate.next((invocation) => response.writeHead(200, headersOf(invocation)).end(invocation.payload));
      return;
    }
    const body = await readBody(request, MAX_ANSWER_BYTES);
    if (route["init"] !== undefined) delegate.initializationFailed(body);
    else delegate.finished(route["id"] ?? "", { failed: route["kind"] === "error", body });
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    register(delegate) {
      const token = randomBytes(16).toString("hex");
      delegates.set(token, delegate);
      return { address: `127.0.0.1:${port}/${token}`, close: () => void delegates.delete(token) };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function headersOf(invocation: RuntimeInvocation): Record<string, string> {
  return {
    "content-type": "application/json",
    "lambda-runtime-aws-request-id": invocation.requestId,
    "lambda-runtime-deadline-ms": String(invocation.deadlineMs),
    "lambda-runtime-invoked-function-arn": invocation.functionArn,
    ...(invocation.clientContext === undefined
      ? {}
      : { "lambda-runtime-client-context": invocation.clientContext }),
  };
}
