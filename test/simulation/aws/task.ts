import { MAIN_CONTAINER } from "#core/planning/run-request.ts";
import type { TaskSnapshot } from "#core/ports/task-launcher.ts";
import type { RunTaskRequest } from "#core/runs/run.ts";
import { Actor } from "./actor.ts";
import type { Laws } from "./lambda.ts";

const CLUSTER_ARN = "arn:aws:ecs:us-east-1:000000000000:cluster/simulation";
/** SIGTERM to SIGKILL: what our task definitions give. */
const STOP_TIMEOUT_MS = 120_000;
const FATE_WITHIN_MS = 20_000;

/** What runs in the container. @returns the exit code */
export type Program = (container: Container) => Promise<number>;

export interface Container {
  readonly actor: Actor;
  readonly taskArn: string;
  readonly environment: ReadonlyMap<string, string>;
  /** Aborts at SIGTERM. */
  readonly stopping: AbortSignal;
  /** The program brings its container down. */
  crash(end: { exitCode: number; reason?: string }): void;
}

/** Why a task stopped. */
export interface TaskEnd {
  readonly stopCode: string;
  readonly stoppedReason: string;
  readonly exitCode?: number;
  readonly containerReason?: string;
}

export interface TaskOptions {
  readonly taskArn: string;
  readonly request: RunTaskRequest;
  readonly laws: Laws;
  readonly isStuck: boolean;
  readonly program: Program;
  readonly emit: (snapshot: TaskSnapshot) => void;
  readonly takeAddress: () => boolean;
  /** A fault ends it: neither its program nor StopTask. */
  readonly onFate: () => void;
  readonly onStopped: (end: TaskEnd, hadAddress: boolean) => void;
}

const EXITED: Pick<TaskEnd, "stopCode" | "stoppedReason"> = {
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
};
const NO_ADDRESS =
  "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet";

/** One Fargate task from PROVISIONING to STOPPED; each change raises its version and is told. */
export class Task {
  readonly request: RunTaskRequest;
  snapshot: TaskSnapshot;
  stoppedAtMs: number | undefined;
  readonly #options: TaskOptions;
  readonly #past: { readonly atMs: number; readonly snapshot: TaskSnapshot }[] = [];
  readonly #stopping = new AbortController();
  #actor: Actor | undefined;
  #hasAddress = false;
  #isEnding = false;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.request = options.request;
    this.snapshot = {
      taskArn: options.taskArn,
      clusterArn: CLUSTER_ARN,
      lastStatus: "PROVISIONING",
      desiredStatus: "RUNNING",
      version: 0,
      startedBy: options.request.startedBy,
      capacityProviderName: options.request.capacityProviderStrategy[0]?.capacityProvider ?? "FARGATE",
      createdAt: this.#isoNow(),
      containers: [{ name: MAIN_CONTAINER, lastStatus: "PENDING" }],
    };
  }

  seenAt(atMs: number): TaskSnapshot | undefined {
    return this.#past.findLast((past) => past.atMs <= atMs)?.snapshot;
  }

  live(): void {
    const { random, time, faults } = this.#options.laws;
    this.#change({});
    time.after(random.between(2000, 8000), () => {
      if (this.#isEnding) return;
      if (!this.#options.takeAddress()) {
        this.#options.onFate();
        return this.#end({ stopCode: "TaskFailedToStart", stoppedReason: NO_ADDRESS });
      }
      this.#hasAddress = true;
      // The pull takes most of a start, and Fargate bills from its beginning.
      this.#change({ lastStatus: "PENDING", pullStartedAt: this.#isoNow() });
      if (this.#options.isStuck || faults.strikes("no-start")) return this.#options.onFate();
      const startMs = random.between(28_000, 52_000);
      const isSlow = faults.strikes("slow-start");
      if (isSlow) this.#options.onFate();
      const moreMs = isSlow ? random.between(60_000, 480_000) : 0;
      time.after(startMs + moreMs, () => this.#run());
    });
  }

  /** StopTask, or AWS' own wish: SIGTERM, and SIGKILL where that does not help. */
  stop(end: TaskEnd): void {
    if (this.#isEnding || this.snapshot.desiredStatus === "STOPPED") return;
    this.#change({ desiredStatus: "STOPPED", stopCode: end.stopCode, stoppedReason: end.stoppedReason });
    this.#stopping.abort();
    if (this.#actor === undefined) return this.#end(end);
    this.#options.laws.time.after(STOP_TIMEOUT_MS, () => this.#end({ ...end, exitCode: 137 }));
  }

  #run(): void {
    if (this.#isEnding) return;
    const { laws, program, request } = this.#options;
    this.#change({
      lastStatus: "RUNNING",
      startedAt: this.#isoNow(),
      containers: [{ name: MAIN_CONTAINER, lastStatus: "RUNNING" }],
    });
    const name = `task-${this.snapshot.taskArn.slice(-4)}`;
    // A process that dies by a fault in one of its calls is a container that was killed.
    this.#actor = new Actor(name, laws, () => {
      if (!this.#isEnding) this.#options.onFate();
      this.#end({ ...EXITED, exitCode: 137 });
    });
    const environment = new Map(
      request.overrides.containerOverrides[0]?.environment.map(({ name: key, value }) => [key, value]),
    );
    const container: Container = {
      actor: this.#actor,
      taskArn: this.snapshot.taskArn,
      environment,
      stopping: this.#stopping.signal,
      crash: ({ exitCode, reason }) =>
        this.#end({ ...EXITED, exitCode, ...(reason === undefined ? {} : { containerReason: reason }) }),
    };
    program(container).then(
      (exitCode) => this.#end({ ...this.#whyStopped(), exitCode }),
      () => this.#end({ ...this.#whyStopped(), exitCode: 1 }),
    );
    this.#meetFate();
  }

  #whyStopped(): Pick<TaskEnd, "stopCode" | "stoppedReason"> {
    const { stopCode, stoppedReason } = this.snapshot;
    return stopCode === undefined ? EXITED : { stopCode, stoppedReason: stoppedReason ?? "" };
  }

  /** What may befall a task while it runs. */
  #meetFate(): void {
    const { faults, time, random } = this.#options.laws;
    const within = (run: () => void): void => {
      time.after(random.between(0, FATE_WITHIN_MS), () => {
        if (!this.#isEnding) this.#options.onFate();
        run();
      });
    };
    if (faults.strikes("killed")) within(() => this.#end({ ...EXITED, exitCode: 137 }));
    else if (faults.strikes("out-of-memory")) {
      const containerReason = "OutOfMemoryError: Container killed due to memory usage";
      within(() => this.#end({ ...EXITED, exitCode: 137, containerReason }));
    } else if (faults.strikes("host-lost")) {
      within(() =>
        this.#end({ stopCode: "TerminationNotice", stoppedReason: "Host EC2 instance terminated." }),
      );
    } else if (faults.strikes("unknown-stop")) {
      within(() => this.#end({ stopCode: "", stoppedReason: "Flux of the task decayed" }));
    } else if (this.snapshot.capacityProviderName === "FARGATE_SPOT" && faults.strikes("spot-interruption")) {
      within(() =>
        this.stop({ stopCode: "SpotInterruption", stoppedReason: "Your Spot Task was interrupted." }),
      );
    }
  }

  /** The containers are gone from here on; what ECS says of it takes a little longer. */
  #end(end: TaskEnd): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#actor?.die();
    const { onStopped, laws } = this.#options;
    const { time, random } = laws;
    const { exitCode, containerReason: reason, stopCode, stoppedReason } = { ...end };
    const container = {
      name: MAIN_CONTAINER,
      lastStatus: "STOPPED",
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(reason === undefined ? {} : { reason }),
    };
    const stop = { desiredStatus: "STOPPED", stopCode, stoppedReason, containers: [container] };
    this.#change({ ...stop, lastStatus: "DEPROVISIONING" });
    time.after(random.between(1000, 15_000), () => {
      this.stoppedAtMs = time.nowMs;
      this.#change({ ...stop, lastStatus: "STOPPED", stoppedAt: this.#isoNow() });
      onStopped(end, this.#hasAddress);
    });
  }

  #change(change: Partial<TaskSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...change, version: (this.snapshot.version ?? 0) + 1 };
    this.#past.push({ atMs: this.#options.laws.time.nowMs, snapshot: this.snapshot });
    this.#options.emit(this.snapshot);
  }

  #isoNow(): string {
    return this.#options.laws.time.now().toISOString();
  }
}
