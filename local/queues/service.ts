import type { CloudContext, QueuePort } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import { inputCheck, sqsWording } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import { queryProtocol, type QueryOperation } from "../gateway/query-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { fauxqsActions } from "./fauxqs-actions.ts";
import { MessageMoves } from "./message-moves.ts";
import { queueMeasures } from "./measures.ts";
import { actionOf, queueOperations } from "./operations.ts";
import { withQueryError } from "./query-error.ts";
import { queueQueryShapes } from "./query-shapes.ts";
import { createQueuePort } from "./queue-port.ts";
import { QueueStore } from "./queue-store.ts";
import { queueResources } from "./resources.ts";

export interface QueuesService extends LocalService {
  readonly port: QueuePort;
}

/** SQS. */
export function createQueuesService(context: CloudContext): QueuesService {
  const store = new QueueStore(context);
  const call = fauxqsActions(store);
  const operations = Object.fromEntries(
    Object.entries(queueOperations(context, store, new MessageMoves(context, store), call)).map(
      ([name, operation]): [string, QueryOperation] => [
        name,
        async (input, request) => {
          request.authorize(actionOf(name), resourceOf(context, input));
          const answer = await operation(input, request);
          if (answer.status === 200) return answer.document;
          const code = String(answer.document["__type"]).replace(/^.*#/, "");
          throw new AwsError(code, String(answer.document["message"]), answer.status);
        },
      ],
    ),
  );
  const protocol = { service: "SQS", check: inputCheck("sqs", sqsWording), operations };
  const json = jsonProtocol({ ...protocol, version: "1.0" });
  const query = queryProtocol({
    ...protocol,
    xmlns: "http://queue.amazonaws.com/doc/2012-11-05/",
    shapes: queueQueryShapes,
  });
  return {
    name: "queues",
    signingNames: ["sqs"],
    port: createQueuePort(store, call),
    handle: async (request) =>
      request.headers["x-amz-target"] === undefined ? query(request) : withQueryError(await json(request)),
    resources: queueResources(store),
    measures: { gauges: () => queueMeasures(store, context.clock.now()) },
    clockMoved: () => store.wakeAll(),
    stop: async () => store.close(),
  };
}

/** The ARN of the queue that a call is about; the queue need not exist. */
function resourceOf(context: CloudContext, input: Record<string, unknown>): string {
  if (typeof input["SourceArn"] === "string") return input["SourceArn"];
  const url = String(input["QueueUrl"] ?? "");
  const name = String(input["QueueName"] ?? url.slice(url.lastIndexOf("/") + 1));
  return `arn:aws:sqs:${context.region}:${context.accountId}:${name === "" ? "*" : name}`;
}
