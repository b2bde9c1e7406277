import type { CloudContext, LogSink } from "../context/cloud-context.ts";
import { inputCheck, withCode } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { arriving, logFaults } from "./faults.ts";
import { LogStore } from "./log-store.ts";
import { embeddedMetrics } from "./embedded-metrics.ts";
import { groupOperations } from "./operations/groups.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import { readOperations } from "./operations/read-log-events.ts";
import { streamOperations } from "./operations/streams.ts";
import { logResources } from "./resources/log-resources.ts";

const EXPIRY_PERIOD_MS = 60_000;

/** CloudWatch Logs; the metrics that log lines embed go to CloudWatch. */
export function createLogsService(context: CloudContext): LocalService & LogSink {
  const store = new LogStore(context);
  const faults = logFaults(() => context.clock.now());
  const collect = (events: readonly { readonly message: string }[]) => {
    const data = events.flatMap(({ message }) => embeddedMetrics(message));
    if (data.length > 0) context.monitoring.add(data);
  };
  const logs = jsonProtocol({
    version: "1.1",
    service: "CloudWatch Logs",
    check: inputCheck("logs", withCode("InvalidParameterException")),
    operations: {
      ...groupOperations(store),
      ...streamOperations(store),
      ...readOperations(store),
      PutLogEvents: putLogEvents(context, store, { faults, taken: collect }),
    },
  });
  let expiry: NodeJS.Timeout | undefined;

  return {
    name: "logs",
    signingNames: ["logs"],
    handle: logs,
    resources: logResources(store),
    faults,
    append(group, stream, lines) {
      const arrived = arriving(faults, group, lines);
      if (arrived.length === 0) return;
      store.append(group, stream, arrived);
      collect(arrived);
    },
    hasGroup: (group) => store.find(group) !== undefined,
    async start() {
      store.expire();
      expiry = setInterval(() => store.expire(), EXPIRY_PERIOD_MS);
    },
    async stop() {
      clearInterval(expiry);
    },
  };
}
