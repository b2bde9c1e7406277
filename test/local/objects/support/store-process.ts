import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudContext } from "#local/context/cloud-context.ts";
import { startGateway } from "#local/gateway/gateway.ts";
import { createObjectsService } from "#local/objects/service.ts";

/**
 * S3 alone in a process of its own, to be killed: `node store-process.ts <data folder>`. Prints its endpoint; what reaches
 * the event bus is appended to events.ndjson in the folder.
 */
const [dataDir = ""] = process.argv.slice(2);
const context = {
  accountId: "000000000000",
  region: "us-east-1",
  endpoint: "",
  dataDir,
  clock: { now: () => Date.now() },
  events: {
    put: async (events: unknown[]) => {
      for (const event of events)
        appendFileSync(join(dataDir, "events.ndjson"), `${JSON.stringify(event)}\n`);
    },
  },
  report: (line: string) => void process.stderr.write(`${line}\n`),
} as unknown as CloudContext;
const service = createObjectsService(context);
const gateway = await startGateway({
  port: 0,
  defaultRegion: "us-east-1",
  services: [service],
  authority: {
    principalOf: () => ({ kind: "operator", accessKeyId: "operator" }),
    authorize: () => undefined,
    decide: () => "allowed",
  },
  report: (line) => context.report(line),
});
await service.start?.();
process.stdout.write(`${gateway.endpoint}\n`);
