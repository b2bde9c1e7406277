import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSEvent } from "aws-lambda";
import { logger } from "./observability.ts";

/**
 * A handler that a message only wakes: messages carry no data, so a batch is one wake-up, however many they are. An error gives all
 * of them back.
 */
export function wakeHandler(work: (invocation: { remainingMs(): number }) => Promise<void>) {
  return middy<SQSEvent, void, Error, Context>()
    .use(injectLambdaContext(logger))
    .handler(async (_event, context) => {
      await work({ remainingMs: () => context.getRemainingTimeInMillis() });
    });
}
