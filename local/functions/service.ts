import { rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CloudContext, FunctionInvoker } from "../context/cloud-context.ts";
import { inputCheck, withCode } from "../gateway/constraints/input-check.ts";
import type { CallWatch } from "../gateway/gateway.ts";
import type { LocalService } from "../gateway/service.ts";
import { AsyncInvocations } from "./asynchronous/async-invocations.ts";
import { AsyncJournal } from "./asynchronous/async-journal.ts";
import { CodeStore } from "./code-store.ts";
import { EnvironmentPool } from "./environments/environment-pool.ts";
import { ExecutionEnvironment } from "./environments/execution-environment.ts";
import { startRuntimeApi, type RuntimeApiServer } from "./environments/runtime-api-server.ts";
import { Warden } from "./environments/warden.ts";
import { FunctionFaults } from "./faults.ts";
import { parseFunctionName } from "./function-name.ts";
import { FunctionStore } from "./function-store.ts";
import { Invoker } from "./invoker.ts";
import { MappingPollers } from "./mappings/mapping-pollers.ts";
import { accountOperations } from "./operations/account-operations.ts";
import { aliasOperations } from "./operations/alias-operations.ts";
import { concurrencyOperations } from "./operations/concurrency-operations.ts";
import { eventInvokeConfigOperations } from "./operations/event-invoke-config-operations.ts";
import { functionOperations } from "./operations/function-operations.ts";
import { invokeOperations } from "./operations/invoke-operations.ts";
import { mappingOperations } from "./operations/mapping-operations.ts";
import { permissionOperations } from "./operations/permission-operations.ts";
import { tagOperations } from "./operations/tag-operations.ts";
import { LAPTOP, type FunctionsOptions } from "./options.ts";
import type { FunctionParts } from "./parts.ts";
import { checkCaller } from "./permissions.ts";
import { functionResources } from "./resources.ts";
import { restJson } from "../gateway/rest-protocol.ts";

export interface FunctionsService extends LocalService, FunctionInvoker {
  /** Hears of each AWS call, and may let the function's process that makes it die. */
  readonly watchCall: CallWatch;
}

const killInput = z.strictObject({ functionName: z.string().optional() });

/** Lambda. */
export function createFunctionsService(
  context: CloudContext,
  options: Partial<FunctionsOptions> = {},
): FunctionsService {
  const { maxProcesses, idleMs, asyncRetryDelaysMs } = { ...LAPTOP, ...options };
  const folder = join(context.dataDir, "functions");
  const temporary = join(folder, "tmp");
  const started: { host?: { runtimeApi: RuntimeApiServer; warden: Warden } } = {};
  const store = new FunctionStore(context);
  const code = new CodeStore(join(folder, "code"));
  const faults = new FunctionFaults(() => context.clock.now());
  const pool = new EnvironmentPool({
    maxProcesses,
    idleMs,
    start(configuration) {
      if (started.host === undefined) throw new Error("functions run once the service is started");
      const taskRoot = code.taskRoot(configuration.codeSha256);
      return new ExecutionEnvironment(context, {
        configuration,
        taskRoot,
        folder: temporary,
        faults,
        ...started.host,
      });
    },
  });
  const invoker = new Invoker(store, pool);
  const journal = new AsyncJournal(join(folder, "async"));
  const asynchronous = new AsyncInvocations({
    context,
    store,
    invoker,
    journal,
    retryDelaysMs: asyncRetryDelaysMs,
  });
  const pollers = new MappingPollers({ context, store, invoker });
  const parts: FunctionParts = { context, store, code, pool, invoker, asynchronous, pollers };
  return {
    name: "functions",
    signingNames: ["lambda"],
    handle: restJson({
      service: "Lambda",
      check: inputCheck("lambda", withCode("ValidationException", true)),
      routes: [
        ...invokeOperations(parts),
        ...functionOperations(parts),
        ...aliasOperations(parts),
        ...permissionOperations(parts),
        ...mappingOperations(parts),
        ...eventInvokeConfigOperations(parts),
        ...concurrencyOperations(parts),
        ...tagOperations(parts),
        ...accountOperations(parts),
      ],
    }),
    resources: functionResources(parts),
    measures: { counts: () => invoker.measures.take() },
    async invokeAsync(functionArn, payload, caller) {
      const target = store.resolve(parseFunctionName(functionArn));
      if (caller !== undefined) checkCaller(parts, target, caller);
      asynchronous.accept(target, JSON.stringify(payload));
    },
    faults: faults.set,
    watchCall: (accessKeyId, service) => pool.byAccessKey(accessKeyId)?.beginCall(service),
    controls: {
      /** Kills the process of a running environment with SIGKILL, at random: {functionName?} -> {pid?} */
      kill: async (input) => {
        const { functionName } = killInput.parse(input);
        if (functionName !== undefined) store.get(functionName);
        return { pid: pool.kill(functionName) };
      },
    },
    async start() {
      // What a cloud that was killed left behind.
      rmSync(temporary, { recursive: true, force: true });
      code.keepOnly(
        new Set(
          store.functions.flatMap(({ latest, versions }) =>
            [latest, ...versions].map((version) => version.codeSha256),
          ),
        ),
      );
      started.host = { runtimeApi: await startRuntimeApi(), warden: new Warden() };
      asynchronous.start();
      pollers.start();
    },
    clockMoved: () => asynchronous.clockMoved(),
    async stop() {
      asynchronous.stop();
      pollers.stop();
      await pool.stop();
      await pollers.finished();
      await started.host?.runtimeApi.stop();
      await started.host?.warden.stop();
    },
  };
}
