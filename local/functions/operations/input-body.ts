import { AwsError } from "../../gateway/aws-error.ts";
import { readBody } from "../../gateway/body.ts";
import type { GatewayRequest } from "../../gateway/service.ts";
import type { Input } from "../input.ts";

/** A zip of 50 MB in base64, and what stands around it. */
const MAX_BODY_BYTES = 70 * 1024 * 1024;

/** The JSON object in a request's body. @throws AwsError InvalidRequestContentException */
export async function inputOf(request: GatewayRequest): Promise<Input> {
  const body = (await readBody(request.body, MAX_BODY_BYTES)).toString("utf8");
  if (body === "") return {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // told below, in AWS's words
  }
  throw new AwsError("InvalidRequestContentException", "Could not parse request body into json", 400, {
    Type: "User",
  });
}
