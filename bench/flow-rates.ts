import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { setTimeout as sleep } from "node:timers/promises";
import { zipOfText } from "../local/functions/zip-writer.ts";
import { perSecond, type Rate } from "./rates.ts";
import type { ClientOptions } from "./storage-rates.ts";

const EVENTS_IN_A_CALL = 10;
const POLL_MS = 50;

/** Events a second from the first PutEvents until the last one lies in the queue that is the rule's target. */
export async function eventRate(options: ClientOptions, events: number): Promise<Rate> {
  const [sqs, eventBridge] = [new SQSClient(options), new EventBridgeClient(options)];
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "bench-events" }));
  const queue = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  const Arn = queue.Attributes?.["QueueArn"] ?? "";
  const Policy = policy({ Service: "events.amazonaws.com" }, "sqs:SendMessage", Arn);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const EventPattern = JSON.stringify({ source: ["bench"], detail: { index: [{ numeric: [">=", 0] }] } });
  await eventBridge.send(new PutRuleCommand({ Name: "bench", EventPattern }));
  await eventBridge.send(new PutTargetsCommand({ Rule: "bench", Targets: [{ Id: "queue", Arn }] }));
  const waiting = async (): Promise<number> => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] }),
    );
    return Number(Attributes?.["ApproximateNumberOfMessages"]);
  };
  return async () => {
    const wanted = (await waiting()) + events;
    const from = performance.now();
    for (let start = 0; start < events; start += EVENTS_IN_A_CALL) {
      const Entries = Array.from({ length: EVENTS_IN_A_CALL }, (_, offset) => ({
        Source: "bench",
        DetailType: "Something Happened",
        Detail: JSON.stringify({ index: start + offset }),
      }));
      await eventBridge.send(new PutEventsCommand({ Entries }));
    }
    while ((await waiting()) < wanted) await sleep(POLL_MS);
    return events / ((performance.now() - from) / 1000);
  };
}

/** Synchronous invocations a second of a function that does nothing; `coldSeconds` is how many seconds the first one took, its start included. */
export async function invocationRate(
  options: ClientOptions,
  seconds: number,
): Promise<{ coldSeconds: number; invokes: Rate }> {
  const [iam, lambda] = [new IAMClient(options), new LambdaClient(options)];
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: "bench",
      AssumeRolePolicyDocument: policy({ Service: "lambda.amazonaws.com" }, "sts:AssumeRole"),
    }),
  );
  const FunctionName = "bench";
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      Code: { ZipFile: zipOfText("index.mjs", "export const handler = async (event) => event;") },
    }),
  );
  const invoke = () => lambda.send(new InvokeCommand({ FunctionName, Payload: "{}" }));
  const from = performance.now();
  await invoke();
  return { coldSeconds: (performance.now() - from) / 1000, invokes: perSecond(seconds, invoke) };
}

function policy(Principal: object, Action: string, Resource?: string): string {
  const statement = { Effect: "Allow", Principal, Action, ...(Resource === undefined ? {} : { Resource }) };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}
