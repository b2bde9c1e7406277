import { AwsError } from "./aws-error.ts";
import { readBody } from "./body.ts";
import type { InputCheck } from "./constraints/input-check.ts";
import type { GatewayRequest, GatewayResponse } from "./service.ts";
import { escapeXml, toXml } from "./xml.ts";

export type QueryOperation = (
  input: Record<string, unknown>,
  request: GatewayRequest,
) => Promise<Record<string, unknown>>;

/** Where a service's forms and answers are other than awsQuery's own, as SQS's flat lists are. */
export interface QueryShapes {
  /** @returns the input that the operation takes, of the form's nested names */
  read(action: string, form: Record<string, unknown>, request: GatewayRequest): Record<string, unknown>;
  /** @returns the elements of the result */
  write(action: string, result: Record<string, unknown>): string;
  /** @returns what the protocol calls the error */
  errorCode(code: string): string;
}

const OWN_SHAPES: QueryShapes = {
  read: (_action, form) => form,
  write: (_action, result) => toXml(result),
  errorCode: (code) => code,
};

/**
 * The awsQuery protocol (CloudFormation, STS, IAM, SNS, SQS's older clients): a form with `Action`, nested names like `Tags.member.1.Key`,
 * an XML answer. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryProtocol(options: {
  service: string;
  xmlns: string;
  operations: Readonly<Record<string, QueryOperation>>;
  /** Comes before the operation sees its input. */
  check?: InputCheck;
  shapes?: QueryShapes;
}): (request: GatewayRequest) => Promise<GatewayResponse> {
  const { shapes = OWN_SHAPES } = options;
  return async (request) => {
    try {
      const form = new URLSearchParams((await readBody(request.body)).toString("utf8"));
      for (const [name, value] of request.url.searchParams) form.set(name, value);
      const action = form.get("Action") ?? "";
      const operation = Object.hasOwn(options.operations, action) ? options.operations[action] : undefined;
      if (operation === undefined) {
        throw new AwsError(
          "InvalidAction",
          `The local cloud does not implement ${options.service} ${action}.`,
          501,
        );
      }
      const input = shapes.read(action, parseForm(form), request);
      options.check?.(action, input);
      const result = await operation(input, request);
      return xml(
        200,
        `<${action}Response xmlns="${options.xmlns}"><${action}Result>${shapes.write(action, result)}</${action}Result>${metadata(request)}</${action}Response>`,
      );
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const type = error.status < 500 ? "Sender" : "Receiver";
      return xml(
        error.status,
        `<ErrorResponse xmlns="${options.xmlns}"><Error><Type>${type}</Type><Code>${escapeXml(shapes.errorCode(error.code))}</Code>` +
          `<Message>${escapeXml(error.message)}</Message></Error><RequestId>${request.requestId}</RequestId></ErrorResponse>`,
      );
    }
  };
}

function metadata(request: GatewayRequest): string {
  return `<ResponseMetadata><RequestId>${request.requestId}</RequestId></ResponseMetadata>`;
}

function xml(status: number, body: string): GatewayResponse {
  return {
    status,
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

/** `A.member.1.B=x` becomes {A: [{B: "x"}]}; `M.entry.1.key=k&M.entry.1.value=v` becomes {M: {k: "v"}}. All leaves are strings. */
export function parseForm(form: URLSearchParams): Record<string, unknown> {
  const root: Node = new Map();
  for (const [name, value] of form) {
    if (name === "Action" || name === "Version") continue;
    const parts = name.split(".");
    let node = root;
    for (const part of parts.slice(0, -1)) {
      const next = node.get(part);
      if (next instanceof Map) node = next;
      else {
        const made: Node = new Map();
        node.set(part, made);
        node = made;
      }
    }
    node.set(parts.at(-1) ?? "", value);
  }
  return plain(root) as Record<string, unknown>;
}

type Node = Map<string, Node | string>;

function plain(node: Node | string): unknown {
  if (typeof node === "string") return node;
  const members = node.get("member");
  if (node.size === 1 && members instanceof Map) return ordered(members).map(plain);
  const entries = node.get("entry");
  if (node.size === 1 && entries instanceof Map) {
    return Object.fromEntries(
      ordered(entries).map((entry) => {
        const pair = entry instanceof Map ? entry : new Map<string, Node | string>();
        return [String(pair.get("key") ?? ""), plain(pair.get("value") ?? "")];
      }),
    );
  }
  return Object.fromEntries([...node].map(([name, value]) => [name, plain(value)]));
}

function ordered(members: Node): (Node | string)[] {
  return [...members].sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}
