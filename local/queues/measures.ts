import { measures, type Measure } from "../context/metric.ts";
import type { QueueStore } from "./queue-store.ts";

/**
 * What SQS tells CloudWatch of each queue once a minute.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function queueMeasures(store: QueueStore, now: number): Measure[] {
  return store.all().flatMap((queue) => {
    const { name: QueueName } = queue;
    const { visible, notVisible, delayed, oldestAt } = queue.depth();
    const age = oldestAt === undefined ? 0 : Math.max(0, Math.floor((now - oldestAt) / 1000));
    return [
      ...measures(
        "AWS/SQS",
        { QueueName },
        {
          ApproximateNumberOfMessagesVisible: visible,
          ApproximateNumberOfMessagesNotVisible: notVisible,
          ApproximateNumberOfMessagesDelayed: delayed,
        },
      ),
      ...measures("AWS/SQS", { QueueName }, { ApproximateAgeOfOldestMessage: age }, "Seconds"),
    ];
  });
}
