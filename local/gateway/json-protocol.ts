import { AwsError } from "./aws-error.ts";
import { readBody } from "./body.ts";
import type { InputCheck } from "./constraints/input-check.ts";
import type { GatewayRequest, GatewayResponse } from "./service.ts";

export type JsonOperation = (input: Record<string, unknown>, request: GatewayRequest) => Promise<unknown>;

/**
 * The awsJson1.0/1.1 protocol (ECS, EventBridge, CloudWatch Logs, SQS, SSM, ECR ...): the operation stands in X-Amz-Target,
 * input and output are one JSON object each. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonProtocol(options: {
  version: "1.0" | "1.1";
  service: string;
  operations: Readonly<Record<string, JsonOperation>>;
  /** Comes before the operation sees its input. */
  check?: InputCheck;
}): (request: GatewayRequest) => Promise<GatewayResponse> {
  const contentType = `application/x-amz-json-${options.version}`;
  const answer = (status: number, document: unknown, errorCode?: string): GatewayResponse => ({
    status,
    headers: {
      "content-type": contentType,
      ...(errorCode === undefined ? {} : { "x-amzn-errortype": errorCode }),
    },
    body: JSON.stringify(document ?? {}),
  });
  return async (request) => {
    try {
      const target = String(request.headers["x-amz-target"] ?? "");
      const name = target.slice(target.lastIndexOf(".") + 1);
      const operation = Object.hasOwn(options.operations, name) ? options.operations[name] : undefined;
      if (operation === undefined) {
        throw new AwsError(
          "UnknownOperationException",
          `The local cloud does not implement ${options.service} ${name}.`,
          501,
        );
      }
      const text = (await readBody(request.body)).toString("utf8");
      const input = parseObject(text);
      options.check?.(name, input);
      return answer(200, await operation(input, request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const document = {
        __type: error.code,
        message: error.message,
        Message: error.message,
        ...error.members,
      };
      return answer(error.status, document, error.code);
    }
  };
}

function parseObject(text: string): Record<string, unknown> {
  if (text === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // told below, in AWS's words
  }
  throw new AwsError("SerializationException", "The request body is not a JSON object.");
}
