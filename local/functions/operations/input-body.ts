import { readBody } from "../../gateway/body.ts";
import { jsonObject } from "../../gateway/rest-protocol.ts";
import type { GatewayRequest } from "../../gateway/service.ts";
import type { Input } from "../input.ts";

/** The JSON object in a request's body, which was bounded before. @throws AwsError InvalidRequestContentException */
export async function inputOf(request: GatewayRequest): Promise<Input> {
  return jsonObject(await readBody(request.body, Infinity));
}
