import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudContext } from "#local/context/cloud-context.ts";
import { createQueuesService } from "#local/queues/service.ts";

/** The real SQS of the cloud, without its endpoint. */
export function startQueues() {
  const service = createQueuesService({
    accountId: "000000000000",
    region: "us-east-1",
    endpoint: "http://127.0.0.1:1",
    dataDir: mkdtempSync(join(tmpdir(), "local-queues-")),
    clock: { now: () => Date.now() },
    report: () => undefined,
  } as unknown as CloudContext);
  const queue = service.resources?.find(({ type }) => type === "AWS::SQS::Queue");
  return {
    port: service.port,
    /** @returns its ARN */
    async create(name: string, properties: Readonly<Record<string, unknown>> = {}): Promise<string> {
      const context = {
        logicalId: "Queue",
        stackName: "stack",
        stackId: "stack",
        generateName: () => name,
        unsupported: () => undefined,
      };
      const fifo = name.endsWith(".fifo") ? { FifoQueue: true } : {};
      const state = await queue?.create({ QueueName: name, ...fifo, ...properties }, context);
      return String(state?.attributes["Arn"]);
    },
    stop: () => service.stop?.(),
  };
}
