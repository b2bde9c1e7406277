import type { GatewayResponse } from "../gateway/service.ts";

export function xmlAnswer(body: string, headers: Readonly<Record<string, string>> = {}): GatewayResponse {
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body };
}
