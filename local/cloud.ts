import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { MovableClock } from "./cloud-clock.ts";
import type { CloudContext } from "./context/cloud-context.ts";
import { type CloudFaults, cloudFaults, faultsControl } from "./faults/faults-service.ts";
import { lockFolder } from "./folder-lock.ts";
import { controlOf } from "./gateway/controls.ts";
import { type Gateway, startGateway } from "./gateway/gateway.ts";
import type { LocalService } from "./gateway/service.ts";
import { PortInUseError } from "./port-in-use-error.ts";
import { RememberedPort } from "./remembered-port.ts";
import { type CloudServices, createServices } from "./services.ts";

export interface CloudOptions {
  /** 0, the default, takes the one that the folder had last, or else a free one. */
  readonly port?: number;
  /** Everything that outlives a stop of the cloud is in this folder; one cloud at a time may use it. */
  readonly dataDir: string;
  /** Runs tasks as containers of docker, podman or finch instead of child processes. */
  readonly containers?: boolean;
  /** URL of an SMTP server that SNS's mails are sent to, e.g. smtp://127.0.0.1:1025; without it they go to the outbox only. */
  readonly smtp?: string | undefined;
  /** Takes one line at a time for the person at the terminal. */
  readonly report?: (line: string) => void;
}

export interface Cloud {
  /** E.g. http://127.0.0.1:4566 */
  readonly endpoint: string;
  readonly port: number;
  /** What a service offers beside AWS, e.g. control("topics", "outbox"). @throws AwsError where there is no such control */
  control(service: string, name: string, input?: unknown): Promise<unknown>;
  /** What AWS may do wrong, to be switched on. */
  readonly faults: CloudFaults;
  /** Moves the cloud's clock forward; what falls due by that happens now. */
  advanceClock(milliseconds: number): void;
  /** Ends every child process, timer and connection; all data are on disk. */
  stop(): Promise<void>;
}

/**
 * Starts an AWS for one laptop: account 000000000000, region us-east-1, one endpoint on 127.0.0.1 for all services.
 * @throws PortInUseError, FolderInUseError; NoEngineError where containers are wanted and no engine answers
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  // 1. One cloud per data folder: two would overwrite each other's files.
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true });
  const lock = lockFolder(dataDir);
  const clock = new MovableClock();
  const report = options.report ?? (() => undefined);
  const running: { gateway?: Gateway; readonly started: LocalService[] } = { started: [] };

  // 2. How it ends, also when it breaks off half-way: no new requests, then the services in reverse, then the folder.
  const end = async (): Promise<void> => {
    await running.gateway?.close();
    for (const service of running.started.toReversed()) await service.stop?.();
    lock.release();
  };
  let ended: Promise<void> | undefined;
  const stop = (): Promise<void> => (ended ??= end());

  try {
    // 3. The services; they know each other through the context only.
    const services = withContext({
      dataDir,
      clock,
      report,
      containers: options.containers ?? false,
      smtp: options.smtp,
      endpoint: () => running.gateway?.endpoint ?? "",
    });
    const faults = cloudFaults(() => all);
    const all: LocalService[] = [
      ...Object.values(services),
      clockControl(clock, () => all),
      faultsControl(faults),
    ];
    running.started.push(...all);

    // 4. The endpoint, so that children that a service starts find it.
    const remembered = new RememberedPort(dataDir);
    const open = (port: number) => listen(port, all, services, report);
    running.gateway = await (options.port
      ? open(options.port)
      : open(remembered.last).catch((error: unknown) => {
          if (error instanceof PortInUseError) return open(0);
          throw error;
        }));
    const moved = remembered.keep(running.gateway.port);
    if (moved !== undefined) report(moved);

    // 5. Timers, pollers and whatever was left to do when the cloud last stopped.
    for (const service of all) await service.start?.();

    return {
      endpoint: running.gateway.endpoint,
      port: running.gateway.port,
      control: async (service, name, input) => controlOf(all, service, name)(input ?? {}),
      faults,
      advanceClock: (milliseconds) => advance(clock, all, milliseconds),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes the services with a context whose ports are the services themselves. */
function withContext(own: {
  dataDir: string;
  clock: MovableClock;
  readonly report: (line: string) => void;
  readonly containers: boolean;
  readonly endpoint: () => string;
  readonly smtp: string | undefined;
}): CloudServices {
  const context: CloudContext = {
    accountId: "000000000000",
    region: "us-east-1",
    dataDir: own.dataDir,
    clock: own.clock,
    report: own.report,
    get endpoint() {
      return own.endpoint();
    },
    get events() {
      return services.events;
    },
    get functions() {
      return services.functions;
    },
    get queues() {
      return services.queues.port;
    },
    get topics() {
      return services.topics.port;
    },
    get tasks() {
      return services.tasks;
    },
    get objects() {
      return services.objects;
    },
    get logs() {
      return services.logs;
    },
    get monitoring() {
      return services.monitoring;
    },
    get services() {
      return services.tasks.port;
    },
    get scaling() {
      return services.scaling;
    },
    get parameters() {
      return services.parameters;
    },
    get secrets() {
      return services.secrets;
    },
    get identity() {
      return services.identity.authority;
    },
  };
  const services = createServices(context, own);
  return services;
}

/** @throws PortInUseError */
async function listen(
  port: number,
  all: readonly LocalService[],
  services: CloudServices,
  report: (line: string) => void,
): Promise<Gateway> {
  try {
    const { authority } = services.identity;
    const { watchCall } = services.functions;
    return await startGateway({
      port,
      defaultRegion: "us-east-1",
      services: all,
      authority,
      watchCall,
      report,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE")
      throw new PortInUseError(port, { cause: error });
    throw error;
  }
}

const advanceInput = z.strictObject({ milliseconds: z.number().min(0) });

/** The clock by HTTP, for those who drive a cloud in another process: POST /_cloud/clock/advance {milliseconds}. */
function clockControl(clock: MovableClock, all: () => readonly LocalService[]): LocalService {
  return {
    name: "clock",
    signingNames: [],
    handle: () => Promise.reject(new Error("the clock is no AWS service")),
    controls: {
      async advance(input) {
        advance(clock, all(), advanceInput.parse(input).milliseconds);
        return { now: new Date(clock.now()).toISOString() };
      },
    },
  };
}

function advance(clock: MovableClock, all: readonly LocalService[], milliseconds: number): void {
  clock.advance(milliseconds);
  for (const service of all) service.clockMoved?.();
}
