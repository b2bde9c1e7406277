import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { logger, metrics } from "./observability.ts";

export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
}

/**
 * A handler behind an SQS queue. Messages are handled one by one, beside each other: who fails goes back to the queue alone (partial
 * batch response). `after` runs once a batch with what the others gave; if it fails the whole batch comes again, so each
 * step must bear repetition.
 */
export function queueHandler<Result>(steps: {
  each(message: QueueMessage): Promise<Result>;
  after?(results: readonly Result[]): Promise<void>;
}) {
  return middy<SQSEvent, SQSBatchResponse, Error, Context>()
    .use(injectLambdaContext(logger))
    .handler(async (event, context) => {
      const results: Result[] = [];
      const each = async ({ messageId, body }: SQSRecord): Promise<void> => {
        try {
          results.push(await steps.each({ messageId, body }));
        } catch (error) {
          logger.error("A message goes back to its queue", { messageId, error: error as Error });
          throw error;
        }
      };
      const processor = new BatchProcessor(EventType.SQS);
      const response = await processPartialResponse(event, each, processor, {
        context,
        throwOnFullBatchFailure: false,
      });
      // Only where there are any: a metric is billed by the hours in which it has a value.
      if (response.batchItemFailures.length > 0) {
        metrics.addMetric("MessagesReturned", MetricUnit.Count, response.batchItemFailures.length);
        metrics.publishStoredMetrics();
      }
      await steps.after?.(results);
      return response;
    });
}
