import { Readable } from "node:stream";
import { AwsError, notImplemented } from "./aws-error.ts";
import { readBody } from "./body.ts";
import type { InputCheck } from "./constraints/input-check.ts";
import type { GatewayRequest, GatewayResponse } from "./service.ts";

/** Lambda's largest: a zip of 50 MB in base64, and what stands around it. */
const MAX_BODY_BYTES = 70 * 1024 * 1024;

export interface RestCall {
  readonly request: GatewayRequest;
  /** Path parameters, percent-decoded, by the names in the route. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

/** Name of the API operation, its method and path, and what it does. */
export interface RestRoute {
  readonly operation: string;
  readonly method: string;
  /** E.g. /2015-03-31/functions/{FunctionName}/code */
  readonly path: string;
  /** The body is the operation's own matter, such as an invocation's payload. */
  readonly rawBody?: true;
  readonly handle: (call: RestCall) => Promise<GatewayResponse>;
}

/** The restJson1 protocol: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function restJson(options: {
  service: string;
  routes: readonly RestRoute[];
  /** Comes before the operation sees its input. */
  check: InputCheck;
}): (request: GatewayRequest) => Promise<GatewayResponse> {
  const compiled = options.routes.map((route) => ({ route, pattern: compile(route.path) }));
  return async (request) => {
    try {
      for (const { route, pattern } of compiled) {
        const match = route.method === request.method ? pattern.exec(request.url.pathname) : null;
        if (match === null) continue;
        const path = Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
        );
        const checked =
          route.rawBody === true ? request : await checkInput(options.check, route, request, path);
        return await route.handle({ request: checked, path, query: request.url.searchParams });
      }
      throw notImplemented(`${options.service} ${request.method} ${request.url.pathname}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const document = { message: error.message, Message: error.message, ...error.members };
      return json(error.status, document, { "x-amzn-errortype": error.code });
    }
  };
}

/** Checks what stands in path, query and body together; the request's body can be read once more afterwards. */
async function checkInput(
  check: InputCheck,
  route: RestRoute,
  request: GatewayRequest,
  path: Readonly<Record<string, string>>,
): Promise<GatewayRequest> {
  const body = await readBody(request.body, MAX_BODY_BYTES);
  const query = [...new Set(request.url.searchParams.keys())].map((name) => {
    const values = request.url.searchParams.getAll(name);
    return [name, values.length === 1 ? values[0] : values] as const;
  });
  check(route.operation, { ...Object.fromEntries(query), ...jsonObject(body), ...path });
  return { ...request, body: Readable.from(body.length === 0 ? [] : [body]) };
}

/**
 * The JSON object in a request's body; an empty body is an empty one.
 * @throws AwsError InvalidRequestContentException
 */
export function jsonObject(body: Buffer): Readonly<Record<string, unknown>> {
  if (body.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // told below, in AWS's words
  }
  throw new AwsError("InvalidRequestContentException", "Could not parse request body into json", 400, {
    Type: "User",
  });
}

export function json(
  status: number,
  document: unknown,
  headers: Readonly<Record<string, string>> = {},
): GatewayResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(document),
  };
}

export const noContent: GatewayResponse = { status: 204 };

function compile(path: string): RegExp {
  const pattern = path.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)");
  return new RegExp(`^${pattern}/?$`);
}
