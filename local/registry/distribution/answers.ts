import type { GatewayResponse } from "../../gateway/service.ts";

/** An error as the protocol words it: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export class DistributionError extends Error {
  override readonly name = "DistributionError";
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }

  answer(): GatewayResponse {
    return {
      status: this.status,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "docker-distribution-api-version": "registry/2.0",
        ...(this.status === 401
          ? { "www-authenticate": 'Basic realm="the local cloud",service="ecr.amazonaws.com"' }
          : {}),
      },
      body: JSON.stringify({ errors: [{ code: this.code, message: this.message }] }),
    };
  }
}

export function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body?: GatewayResponse["body"],
): GatewayResponse {
  return {
    status,
    headers: { "docker-distribution-api-version": "registry/2.0", ...headers },
    ...(body === undefined ? {} : { body }),
  };
}
