import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** Shorter than any function's own time, so that a hanging call is an error we see and not a function that is killed. */
const TIMEOUTS = { connectionTimeout: 2_000, requestTimeout: 8_000 };

/** SDK clients, each made once in a process when it is first wanted. */
export const clients = {
  dynamoDb: once(() =>
    DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: TIMEOUTS }), {
      marshallOptions: { removeUndefinedValues: true },
    }),
  ),
  sqs: once(() => new SQSClient({ requestHandler: TIMEOUTS })),
  sns: once(() => new SNSClient({ requestHandler: TIMEOUTS })),
  eventBridge: once(() => new EventBridgeClient({ requestHandler: TIMEOUTS })),
  logs: once(() => new CloudWatchLogsClient({ requestHandler: TIMEOUTS })),
  ecs: once(() => new ECSClient({ requestHandler: TIMEOUTS })),
  /** RunTask is repeated by dispatch, with the run's own token, never by the SDK. */
  ecsOnce: once(() => new ECSClient({ requestHandler: TIMEOUTS, maxAttempts: 1 })),
};

/** Makes a value when it is first asked for, and keeps it. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
