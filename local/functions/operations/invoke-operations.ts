import { AwsError, notImplemented } from "../../gateway/aws-error.ts";
import { readBody } from "../../gateway/body.ts";
import type { GatewayResponse } from "../../gateway/service.ts";
import { parseFunctionName } from "../function-name.ts";
import { invalid } from "../input.ts";
import type { FunctionParts } from "../parts.ts";
import { noContent, type RestCall, type RestRoute } from "../../gateway/rest-protocol.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_PAYLOAD_BYTES = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };
type InvocationType = keyof typeof MAX_PAYLOAD_BYTES;

/** Invoke, in its three ways. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
export function invokeOperations(parts: FunctionParts): readonly RestRoute[] {
  return [
    {
      operation: "Invoke",
      method: "POST",
      path: "/2015-03-31/functions/{FunctionName}/invocations",
      rawBody: true,
      handle: (call) => invoke(parts, call),
    },
    {
      operation: "InvokeWithResponseStream",
      method: "POST",
      path: "/2021-11-15/functions/{FunctionName}/response-streaming-invocations",
      rawBody: true,
      handle: () => Promise.reject(notImplemented("Lambda InvokeWithResponseStream")),
    },
  ];
}

async function invoke(parts: FunctionParts, { request, path, query }: RestCall): Promise<GatewayResponse> {
  const reference = parseFunctionName(path["FunctionName"] ?? "", query.get("Qualifier") ?? undefined);
  request.authorize("lambda:InvokeFunction", parts.store.arn(reference.name, reference.qualifier));
  const type = invocationType(request.headers["x-amz-invocation-type"]);
  const payload = await readPayload(request, type);
  const target = parts.store.resolve(reference);
  if (type === "DryRun") return noContent;
  if (type === "Event") {
    parts.asynchronous.accept(target, payload, request.requestId);
    return { status: 202, body: "" };
  }
  const clientContext = decodeContext(request.headers["x-amz-client-context"]);
  const outcome = await parts.invoker.invoke(target, Buffer.from(payload, "utf8"), {
    requestId: request.requestId,
    ...(clientContext === undefined ? {} : { clientContext }),
  });
  const withTail = String(request.headers["x-amz-log-type"]).toLowerCase() === "tail";
  return {
    status: 200,
    headers: {
      "content-type": "application/json",
      "x-amz-executed-version": outcome.executedVersion,
      ...(outcome.functionError === undefined ? {} : { "x-amz-function-error": outcome.functionError }),
      ...(withTail ? { "x-amz-log-result": Buffer.from(outcome.logTail, "utf8").toString("base64") } : {}),
    },
    body: outcome.payload,
  };
}

function invocationType(header: string | readonly string[] | undefined): InvocationType {
  if (header === undefined || header === "RequestResponse") return "RequestResponse";
  if (header === "Event" || header === "DryRun") return header;
  throw invalid(
    `1 validation error detected: Value '${String(header)}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]`,
  );
}

/** The payload as JSON text; an empty one is an empty object, as in AWS. */
async function readPayload(request: RestCall["request"], type: InvocationType): Promise<string> {
  const limit = MAX_PAYLOAD_BYTES[type];
  const body = await readBody(request.body, 2 * MAX_PAYLOAD_BYTES.RequestResponse);
  if (body.length > limit) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
    throw new AwsError("RequestTooLargeException", message, 413, { Type: "User" });
  }
  const text = body.toString("utf8");
  if (text === "") return "{}";
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `Could not parse request body into json: ${error instanceof Error ? error.message : String(error)}`;
    throw new AwsError("InvalidRequestContentException", message, 400, { Type: "User" });
  }
  return text;
}

function decodeContext(header: unknown): string | undefined {
  return typeof header === "string" ? Buffer.from(header, "base64").toString("utf8") : undefined;
}
