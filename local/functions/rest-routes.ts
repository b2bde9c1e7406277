import { AwsError, notImplemented } from "../gateway/aws-error.ts";
import type { GatewayRequest, GatewayResponse } from "../gateway/service.ts";

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
  readonly handle: (call: RestCall) => Promise<GatewayResponse>;
}

/** The restJson1 protocol: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export function restJson(
  routes: readonly RestRoute[],
): (request: GatewayRequest) => Promise<GatewayResponse> {
  const compiled = routes.map((route) => ({ route, pattern: compile(route.path) }));
  return async (request) => {
    try {
      for (const { route, pattern } of compiled) {
        const match = route.method === request.method ? pattern.exec(request.url.pathname) : null;
        if (match === null) continue;
        const path = Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
        );
        return await route.handle({ request, path, query: request.url.searchParams });
      }
      throw notImplemented(`Lambda ${request.method} ${request.url.pathname}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const document = { message: error.message, Message: error.message, ...error.members };
      return json(error.status, document, { "x-amzn-errortype": error.code });
    }
  };
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
