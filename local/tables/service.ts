import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CloudContext } from "../context/cloud-context.ts";
import { jsonProtocol, type JsonOperation } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { openDynalite } from "./dynalite.ts";
import { TableFaults } from "./faults.ts";
import { tableOperations } from "./operations.ts";
import { resourcesOf } from "./request-resources.ts";
import { tableResources } from "./resources.ts";
import { SettingsStore } from "./table-settings.ts";
import { TimeToLive } from "./time-to-live.ts";

/** DynamoDB. */
export function createTablesService(context: CloudContext): LocalService {
  const folder = join(context.dataDir, "tables");
  mkdirSync(folder, { recursive: true });
  const dynalite = openDynalite(join(folder, "items"));
  const settings = new SettingsStore(context.dataDir);
  const timeToLive = new TimeToLive(context, dynalite, settings);
  const faults = new TableFaults(() => context.clock.now());
  const operations = tableOperations(context, dynalite, settings);
  const authorized = Object.entries(operations).map(([name, operation]): [string, JsonOperation] => [
    name,
    async (input, request) => {
      for (const resource of resourcesOf(context, input)) request.authorize(`dynamodb:${name}`, resource);
      faults.admit(name, input);
      return operation(input);
    },
  ]);
  return {
    name: "tables",
    signingNames: ["dynamodb"],
    handle: jsonProtocol({ version: "1.0", service: "DynamoDB", operations: Object.fromEntries(authorized) }),
    resources: tableResources(operations),
    faults: faults.set,
    controls: { "expire-now": async () => ({ expired: await timeToLive.sweep() }) },
    start: async () => timeToLive.start(),
    clockMoved: () => timeToLive.sweepSoon(),
    async stop() {
      await timeToLive.stop();
      await dynalite.close();
    },
  };
}
