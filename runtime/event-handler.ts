import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import type { z } from "zod";
import { logger } from "./observability.ts";

/**
 * A handler that EventBridge invokes, asynchronously: an error makes Lambda try again and then hand the event to the function's
 * on-failure destination. An event of another shape fails the same way, and says where.
 */
export function eventHandler<Schema extends z.ZodType>(
  schema: Schema,
  handle: (event: z.output<Schema>, invocation: { remainingMs(): number }) => Promise<void>,
) {
  return middy<unknown, void, Error, Context>()
    .use(injectLambdaContext(logger))
    .handler(async (event, context) => {
      await handle(schema.parse(event), { remainingMs: () => context.getRemainingTimeInMillis() });
    });
}
