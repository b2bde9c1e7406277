import type { CloudContext } from "../../context/cloud-context.ts";
import type { Delivery } from "./delivery.ts";
import type { DeliveryFailure } from "./delivery-failure.ts";
import { requireQueuePolicy } from "./send.ts";

/**
 * Puts an event that its target did not take into the target's dead-letter queue, or tells that it is dropped.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @returns whether the queue has it
 */
export async function sendToDeadLetters(
  context: CloudContext,
  { target, ruleArn, event }: Delivery,
  {
    failure,
    retries,
    exhausted,
  }: { failure: DeliveryFailure; retries: number; exhausted: string | undefined },
): Promise<boolean> {
  const story = `${ruleArn} could not deliver to ${target.Arn}: ${failure.code}: ${failure.message}`;
  const queueArn = target.DeadLetterConfig?.Arn;
  if (queueArn === undefined) {
    context.report(`${story} (no dead-letter queue: the event is dropped)`);
    return false;
  }
  const attributes = {
    RULE_ARN: ruleArn,
    TARGET_ARN: target.Arn,
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    RETRY_ATTEMPTS: String(retries),
    ...(exhausted === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: exhausted }),
  };
  try {
    await requireQueuePolicy(context, queueArn, ruleArn);
    await context.queues.send(queueArn, {
      body: event,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, stringValue]) => [name, { dataType: "String", stringValue }]),
      ),
    });
    return true;
  } catch (error) {
    context.report(
      `${story}; nor to its dead-letter queue ${queueArn}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}
