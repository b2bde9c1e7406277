import { SQSClient } from "@aws-sdk/client-sqs";
import { createQueuesService } from "#local/queues/service.ts";
import { startOneService } from "#test/local/support/one-service.ts";

/** SQS alone behind the real gateway, with a client and a clock that a test may set ahead. */
export async function startQueues() {
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
  const test = await startOneService(createQueuesService, { clock });
  const sqs = new SQSClient(test.client);
  return {
    ...test,
    clock,
    sqs,
    async stop() {
      sqs.destroy();
      await test.stop();
    },
  };
}

export type QueuesCloud = Awaited<ReturnType<typeof startQueues>>;
