import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { once } from "./once.ts";

/* SDK clients of functions and tasks alike, each made once in a process when it is first wanted. */

/** Shorter than any function's own time, so that a hanging call is an error we see and not a function that is killed. */
export const TIMEOUTS = {
  connectionTimeout: 2_000,
  requestTimeout: 8_000,
  // Without it the SDK warns and waits on.
  throwOnRequestTimeout: true,
};

export const dynamoDb = /* @__PURE__ */ once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: TIMEOUTS }), {
    marshallOptions: { removeUndefinedValues: true },
  }),
);
export const sqs = /* @__PURE__ */ once(() => new SQSClient({ requestHandler: TIMEOUTS }));
