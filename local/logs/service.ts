import { join } from "node:path";
import type { CloudContext, LogSink } from "../context/cloud-context.ts";
import { inputCheck, withCode } from "../gateway/constraints/input-check.ts";
import { jsonProtocol } from "../gateway/json-protocol.ts";
import type { LocalService } from "../gateway/service.ts";
import { LogStore } from "./log-store.ts";
import { embeddedMetrics } from "./metrics/embedded-metrics.ts";
import { MetricStore } from "./metrics/metric-store.ts";
import { monitoringProtocol } from "./metrics/monitoring-protocol.ts";
import { groupOperations } from "./operations/groups.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import { readOperations } from "./operations/read-log-events.ts";
import { streamOperations } from "./operations/streams.ts";
import { logResources } from "./resources/log-resources.ts";

const EXPIRY_PERIOD_MS = 60_000;

/** CloudWatch Logs, and CloudWatch's metrics with what log lines embed of them. */
export function createLogsService(context: CloudContext): LocalService & LogSink {
  const store = new LogStore(context);
  const metrics = new MetricStore(join(context.dataDir, "logs", "metrics.jsonl"), context.clock.now());
  const collect = (events: readonly { readonly message: string }[]) =>
    metrics.add(events.flatMap(({ message }) => embeddedMetrics(message)));
  const logs = jsonProtocol({
    version: "1.1",
    service: "CloudWatch Logs",
    check: inputCheck("logs", withCode("InvalidParameterException")),
    operations: {
      ...groupOperations(store),
      ...streamOperations(store),
      ...readOperations(store),
      PutLogEvents: putLogEvents(context, store, collect),
    },
  });
  const monitoring = monitoringProtocol(context, metrics);
  let expiry: NodeJS.Timeout | undefined;

  return {
    name: "logs",
    signingNames: ["logs", "monitoring"],
    handle: (request) => (request.service === "monitoring" ? monitoring(request) : logs(request)),
    resources: logResources(store),
    append(group, stream, lines) {
      if (lines.length === 0) return;
      store.append(group, stream, lines);
      collect(lines);
    },
    async start() {
      store.expire();
      expiry = setInterval(() => store.expire(), EXPIRY_PERIOD_MS);
    },
    async stop() {
      clearInterval(expiry);
    },
  };
}
