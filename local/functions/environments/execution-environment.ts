import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CallGuard } from "../../gateway/gateway.ts";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { FunctionFaults } from "../faults.ts";
import type { FunctionConfiguration } from "../function-record.ts";
import { environmentVariables } from "./environment-variables.ts";
import {
  describeExit,
  failure,
  initFailure,
  timedOut,
  TOO_LARGE_BYTES,
  tooLarge,
  type InvocationOutcome,
} from "./invocation-outcome.ts";
import { LogStream } from "./log-stream.ts";
import type { RuntimeApiServer } from "./runtime-api-server.ts";
import type { Warden } from "./warden.ts";
import { RuntimeProcess, type InitResult } from "./runtime-process.ts";

export interface Invocation {
  readonly requestId: string;
  readonly functionArn: string;
  readonly payload: Buffer;
  readonly clientContext?: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
const INIT_TIMEOUT_MS = 10_000;
/** An environment whose keys end within a function's longest run is not used again. */
const CREDENTIALS_MARGIN_MS = 16 * 60_000;

/** One cold-started copy of a function: its process, folder for temporary files, log stream and keys. */
export class ExecutionEnvironment {
  readonly configuration: FunctionConfiguration;
  readonly #context: CloudContext;
  readonly #log: LogStream;
  readonly #temporaryFolder: string;
  readonly #start: () => RuntimeProcess;
  readonly #startedMs: number;
  readonly #faults: FunctionFaults;
  /** Of the invocation under way. */
  #calls = new Map<string, number>();
  #accessKeyId = "";
  #process: RuntimeProcess;
  #credentialsExpireMs = 0;
  #initDurationMs: number | undefined;
  #cold = true;
  #alive = true;

  constructor(
    context: CloudContext,
    options: {
      configuration: FunctionConfiguration;
      taskRoot: string;
      folder: string;
      runtimeApi: RuntimeApiServer;
      warden: Warden;
      faults: FunctionFaults;
    },
  ) {
    const { configuration, taskRoot, runtimeApi, warden } = options;
    this.configuration = configuration;
    this.#faults = options.faults;
    this.#context = context;
    this.#log = new LogStream(context, configuration);
    this.#temporaryFolder = join(options.folder, randomUUID());
    mkdirSync(this.#temporaryFolder, { recursive: true });
    this.#start = () => {
      const place = { taskRoot, temporaryFolder: this.#temporaryFolder, logStream: this.#log.name };
      const { variables, accessKeyId, credentialsExpireMs } = environmentVariables(
        context,
        configuration,
        place,
      );
      this.#accessKeyId = accessKeyId;
      this.#credentialsExpireMs = credentialsExpireMs;
      const onMessage = (message: string): void => this.#log.write(message);
      return new RuntimeProcess({
        runtimeApi,
        warden,
        variables,
        taskRoot,
        memorySizeMb: configuration.memorySizeMb,
        onMessage,
      });
    };
    this.#log.write(
      `INIT_START Runtime Version: ${configuration.runtime.replace("nodejs", "nodejs:").replace(".x", ".local")}`,
    );
    this.#startedMs = performance.now();
    this.#process = this.#start();
    void this.#process.initialized.then(() => (this.#initDurationMs = performance.now() - this.#startedMs));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whose calls are those of this environment's process. */
  get accessKeyId(): string {
    return this.#accessKeyId;
  }

  /** The process begins an AWS call. The answer tells of a moment whether the process has died in it, by a fault. */
  beginCall(service: string): CallGuard {
    this.#calls.set(service, (this.#calls.get(service) ?? 0) + 1);
    const call = { functionName: this.configuration.name, service, counts: new Map(this.#calls) };
    return (moment) => {
      const dies = this.#faults.strikesCall(call, moment);
      if (dies) this.#process.kill();
      return dies;
    };
  }

  /** Whether a further invocation may be sent here. */
  get usable(): boolean {
    return (
      this.#alive &&
      !this.#process.ended &&
      this.#context.clock.now() + CREDENTIALS_MARGIN_MS < this.#credentialsExpireMs
    );
  }

  /** Runs one invocation. Never rejects for what the function does: that is an outcome. */
  async invoke(invocation: Invocation): Promise<InvocationOutcome> {
    const cold = this.#cold;
    this.#cold = false;
    if (cold) this.#log.startTail();
    const init = cold ? await this.#initialize() : ({ kind: "ready" } as const);
    if (!cold) this.#log.startTail();
    this.#log.write(`START RequestId: ${invocation.requestId} Version: ${this.configuration.version}`);
    const startedMs = performance.now();
    const outcome = await this.#outcomeOf(invocation, init);
    this.#report(invocation.requestId, performance.now() - startedMs, cold, outcome.status);
    return {
      ...outcome,
      requestId: invocation.requestId,
      executedVersion: this.configuration.version,
      logTail: this.#log.tail(),
    };
  }

  /** Ends the process at once and removes its temporary files. */
  async end(): Promise<void> {
    this.#alive = false;
    this.#process.kill();
    await this.#process.exited;
    rmSync(this.#temporaryFolder, { recursive: true, force: true });
  }

  /** The init phase; one that takes too long is begun again as part of the first invocation, on the function's time. */
  async #initialize(): Promise<InitResult | { kind: "late" }> {
    const late = new Promise<{ kind: "late" }>((resolve) => {
      setTimeout(() => resolve({ kind: "late" }), INIT_TIMEOUT_MS).unref();
    });
    const result = await Promise.race([this.#process.initialized, late]);
    if (result.kind !== "late") return result;
    this.#log.write(
      `INIT_REPORT Init Duration: ${INIT_TIMEOUT_MS.toFixed(2)} ms\tPhase: init\tStatus: timeout`,
    );
    this.#initDurationMs = undefined;
    this.#process.kill();
    await this.#process.exited;
    this.#process = this.#start();
    return result;
  }

  async #outcomeOf(invocation: Invocation, init: InitResult | { kind: "late" }) {
    const { requestId } = invocation;
    if (init.kind === "failed") {
      await this.end();
      return initFailure(init.document);
    }
    if (init.kind === "exited") {
      await this.end();
      return this.#exited(requestId, init.exit);
    }
    const timeoutMs = this.configuration.timeoutSeconds * 1000;
    // The wall clock, not the cloud's: the function compares it with its own Date.now().
    this.#calls = new Map();
    if (this.#faults.strikesInvocation(this.configuration.name)) {
      this.#process.kill();
      await this.#process.exited;
    }
    const running = this.#process.run({ ...invocation, deadlineMs: Date.now() + timeoutMs });
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<{ kind: "timeout" }>((resolve) => {
      timer = setTimeout(() => resolve({ kind: "timeout" }), timeoutMs);
    });
    const initFailed = init.kind === "late" ? this.#process.initialized : undefined;
    const result = await Promise.race([
      running,
      timeout,
      ...(initFailed === undefined ? [] : [onlyFailure(initFailed)]),
    ]);
    clearTimeout(timer);
    if (result.kind === "finished") {
      if (result.outcome.body.length > TOO_LARGE_BYTES) return tooLarge();
      return result.outcome.failed ? failure(result.outcome.body) : { payload: result.outcome.body };
    }
    await this.end();
    if (result.kind === "failed") return initFailure(result.document);
    if (result.kind === "exited") return this.#exited(requestId, result.exit);
    this.#log.write(
      `${new Date(this.#context.clock.now()).toISOString()} ${requestId} Task timed out after ${this.configuration.timeoutSeconds.toFixed(2)} seconds`,
    );
    return timedOut(requestId, this.configuration.timeoutSeconds);
  }

  #exited(requestId: string, exit: Parameters<typeof describeExit>[0]) {
    const outcome = describeExit(exit, requestId);
    this.#log.write(`RequestId: ${requestId} Error: ${outcome.message}`);
    return outcome;
  }

  #report(requestId: string, durationMs: number, cold: boolean, status: string | undefined): void {
    this.#process.memory.poll();
    const { memorySizeMb } = this.configuration;
    const fields = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${memorySizeMb} MB`,
      `Max Memory Used: ${this.#process.memory.peakMb} MB`,
      ...(cold && this.#initDurationMs !== undefined
        ? [`Init Duration: ${this.#initDurationMs.toFixed(2)} ms`]
        : []),
      ...(status === undefined ? [] : [status]),
    ];
    this.#log.write(`END RequestId: ${requestId}`);
    this.#log.write(`${fields.join("\t")}\t`);
  }
}

/** A late init is told only where it fails: where it succeeds the invocation simply runs. */
async function onlyFailure(
  initialized: Promise<InitResult>,
): Promise<Extract<InitResult, { kind: "failed" }>> {
  const result = await initialized;
  return result.kind === "failed" ? result : new Promise(() => undefined);
}
