import { createGunzip } from "node:zlib";
import { AwsError } from "../../gateway/aws-error.ts";
import { readBody } from "../../gateway/body.ts";
import { cloudWatchWording, type InputCheck, inputCheck } from "../../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../../gateway/json-protocol.ts";
import { queryProtocol } from "../../gateway/query-protocol.ts";
import type { GatewayRequest, GatewayResponse } from "../../gateway/service.ts";
import { decodeCbor, encodeCbor } from "./cbor.ts";

export type MonitoringOperation = (
  input: Record<string, unknown>,
  request: GatewayRequest,
) => Promise<Record<string, unknown>>;

type Handler = (request: GatewayRequest) => Promise<GatewayResponse>;

/**
 * CloudWatch speaks three protocols, and each client picks one: rpc-v2-cbor (botocore, SDK v3 of 2026), awsJson1.0 and the old query.
 * Operations take what any of them carries (numbers or their text, times in each form) and answer times as Dates.
 */
export function monitoringProtocol(operations: Readonly<Record<string, MonitoringOperation>>): Handler {
  const check = inputCheck("cloudwatch", cloudWatchWording);
  const cbor = cborProtocol(operations, check);
  const json = jsonProtocol({
    version: "1.0",
    service: "CloudWatch",
    check,
    operations: withSeconds(operations),
  });
  const query = queryProtocol({
    service: "CloudWatch",
    xmlns: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    check,
    operations,
  });
  return (received) => {
    const zipped = received.headers["content-encoding"] === "gzip";
    const request = zipped ? { ...received, body: received.body.pipe(createGunzip()) } : received;
    if (request.headers["smithy-protocol"] === "rpc-v2-cbor") return cbor(request);
    return request.headers["x-amz-target"] === undefined ? query(request) : json(request);
  };
}

/** https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
function cborProtocol(operations: Readonly<Record<string, MonitoringOperation>>, check: InputCheck): Handler {
  return async (request) => {
    try {
      const name = /\/operation\/([^/]+)$/.exec(request.url.pathname)?.[1] ?? "";
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined) {
        throw new AwsError(
          "UnknownOperationException",
          `The local cloud does not implement CloudWatch ${name}.`,
          501,
        );
      }
      const body = await readBody(request.body);
      const input = body.length === 0 ? {} : decoded(body);
      check(name, input);
      return cborAnswer(200, await operation(input, request));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const fault = error.status < 500 ? "Sender" : "Receiver";
      return cborAnswer(
        error.status,
        { __type: error.code, message: error.message, ...error.members },
        { "x-amzn-query-error": `${error.code};${fault}` },
      );
    }
  };
}

function decoded(body: Buffer): Record<string, unknown> {
  try {
    return { ...(decodeCbor(body) as object) };
  } catch (error) {
    if (error instanceof RangeError) throw new AwsError("SerializationException", error.message);
    throw error;
  }
}

function cborAnswer(
  status: number,
  document: unknown,
  headers: Record<string, string> = {},
): GatewayResponse {
  return {
    status,
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor", ...headers },
    body: encodeCbor(document),
  };
}

/** awsJson carries times as seconds since 1970. */
function withSeconds(
  operations: Readonly<Record<string, MonitoringOperation>>,
): Readonly<Record<string, MonitoringOperation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      async (input: Record<string, unknown>, request: GatewayRequest) =>
        seconds(await operation(input, request)) as Record<string, unknown>,
    ]),
  );
}

function seconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(seconds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, seconds(member)]));
}
