import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CloudContext } from "#local/context/cloud-context.ts";
import { startGateway } from "#local/gateway/gateway.ts";
import type { LocalService } from "#local/gateway/service.ts";

export interface ServiceUnderTest<S extends LocalService> {
  readonly service: S;
  readonly context: CloudContext;
  readonly reported: string[];
  /** What an SDK client wants, e.g. `new ECSClient(test.client)`. */
  readonly client: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  stop(): Promise<void>;
}

/**
 * Starts one service behind a real gateway on a free port; the ports to its neighbours throw unless the test gives them.
 */
export async function startOneService<S extends LocalService>(
  make: (context: CloudContext) => S,
  ports: Partial<CloudContext> = {},
): Promise<ServiceUnderTest<S>> {
  // A test that brings a folder of its own also removes it.
  const own = ports.dataDir === undefined ? mkdtempSync(join(tmpdir(), "local-cloud-")) : undefined;
  const reported: string[] = [];
  const state = { endpoint: "" };
  const unset = (port: string) =>
    new Proxy({} as never, {
      get: (_, method) => () => {
        throw new Error(`this test gave no ${port} port, but ${port}.${String(method)} was called`);
      },
    });
  const context: CloudContext = {
    accountId: "000000000000",
    region: "us-east-1",
    get endpoint() {
      return state.endpoint;
    },
    dataDir: own ?? "",
    clock: { now: () => Date.now() },
    events: unset("events"),
    functions: unset("functions"),
    queues: unset("queues"),
    topics: unset("topics"),
    tasks: unset("tasks"),
    objects: unset("objects"),
    logs: unset("logs"),
    identity: unset("identity"),
    monitoring: unset("monitoring"),
    services: unset("services"),
    scaling: unset("scaling"),
    parameters: unset("parameters"),
    secrets: unset("secrets"),
    report: (line) => void reported.push(line),
    ...ports,
  };
  const service = make(context);
  const gateway = await startGateway({
    port: 0,
    defaultRegion: "us-east-1",
    services: [service],
    authority: {
      principalOf: (accessKeyId) => ({ kind: "operator", accessKeyId: accessKeyId ?? "anonymous" }),
      authorize: () => undefined,
      decide: () => "allowed",
    },
    report: context.report,
  });
  state.endpoint = gateway.endpoint;
  await service.start?.();
  return {
    service,
    context,
    reported,
    client: {
      endpoint: gateway.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
    },
    async stop() {
      await service.stop?.();
      await gateway.close();
      if (own !== undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}
