import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { SlipwayFunction } from "./framework.ts";

/** The environment that the deployed function has: the framework resolves a few of CloudFormation's functions only. */
export async function deployedEnvironment(
  functionName: string,
  region: string,
): Promise<Record<string, string>> {
  const client = new LambdaClient({ region });
  const { Environment } = await client.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName }),
  );
  return { ...Environment?.Variables };
}

/**
 * An example of events/ as the function's trigger delivers it: what comes over a queue is one message of a batch. Anything that is
 * a batch already stays as it is.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function asDelivered(event: unknown, definition: SlipwayFunction): unknown {
  const overQueue = (definition.events ?? []).some((trigger) => "sqs" in trigger);
  const isBatch = typeof event === "object" && event !== null && "Records" in event;
  if (!overQueue || isBatch) return event;
  const message = {
    messageId: "00000000-0000-4000-8000-000000000000",
    receiptHandle: "invoke-local",
    body: JSON.stringify(event ?? {}),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(Date.now()),
      SenderId: "invoke-local",
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:invoke-local",
    awsRegion: "us-east-1",
  };
  return { Records: [message] };
}

/**
 * A bundle is an ES module, `.mjs`, which the framework does not look for: it finds a door of the name that it does look for.
 * @param builtDir where the bundles are
 */
export function openDoor(builtDir: string, { handler }: SlipwayFunction): void {
  const path = handler.slice(0, handler.lastIndexOf("."));
  writeFileSync(join(builtDir, `${path}.cjs`), `module.exports = require("./${basename(path)}.mjs");\n`);
}
