import { randomInt } from "node:crypto";
import type { FunctionConfiguration } from "../function-record.ts";
import type { ExecutionEnvironment, Invocation } from "./execution-environment.ts";
import type { InvocationOutcome } from "./invocation-outcome.ts";

interface Member {
  readonly environment: ExecutionEnvironment;
  readonly key: string;
  busy: boolean;
  /** Ends instead of becoming idle, because the function has changed or is gone. */
  retired: boolean;
  idleSince: number;
}

interface Waiter {
  readonly configuration: FunctionConfiguration;
  readonly proceed: (member: Member) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * All execution environments. A function gets a warm one, else a cold one; where as many processes run as this machine
 * may hold, the longest idle one of another function makes room, and where none is idle the invocation waits its turn.
 */
export class EnvironmentPool {
  readonly #members = new Set<Member>();
  readonly #waiters: Waiter[] = [];
  readonly #start: (configuration: FunctionConfiguration) => ExecutionEnvironment;
  readonly #maxProcesses: number;
  readonly #idleMs: number;
  readonly #sweeper: NodeJS.Timeout;
  readonly #ending = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: {
    maxProcesses: number;
    idleMs: number;
    start: (configuration: FunctionConfiguration) => ExecutionEnvironment;
  }) {
    this.#start = options.start;
    this.#maxProcesses = options.maxProcesses;
    this.#idleMs = options.idleMs;
    this.#sweeper = setInterval(() => this.#endIdle(), Math.min(options.idleMs, 5000));
    this.#sweeper.unref();
  }

  async run(configuration: FunctionConfiguration, invocation: Invocation): Promise<InvocationOutcome> {
    const member = await this.#acquire(configuration);
    try {
      return await member.environment.invoke(invocation);
    } finally {
      this.#release(member);
    }
  }

  /** Replaces the environments of a function after its code or settings changed; running invocations finish. */
  retire(functionName: string): void {
    for (const member of this.#members) {
      if (member.environment.configuration.name !== functionName) continue;
      member.retired = true;
      if (!member.busy) this.#end(member);
    }
  }

  /** Kills the process of a random environment of a function, or of any. @returns its pid, if there was one */
  kill(functionName?: string): number | undefined {
    const candidates = [...this.#members].filter(
      ({ environment }) =>
        environment.usable && [undefined, environment.configuration.name].includes(functionName),
    );
    const busy = candidates.filter((member) => member.busy);
    const chosen = busy.length > 0 ? busy : candidates;
    const pid = chosen.length === 0 ? undefined : chosen[randomInt(chosen.length)]?.environment.pid;
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    return pid;
  }

  /** The environment whose process signs with this key. */
  byAccessKey(accessKeyId: string): ExecutionEnvironment | undefined {
    for (const { environment } of this.#members) {
      if (environment.accessKeyId === accessKeyId) return environment;
    }
    return undefined;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweeper);
    for (const waiter of this.#waiters.splice(0)) waiter.fail(new Error("the cloud stops"));
    for (const member of this.#members) this.#end(member);
    await Promise.all(this.#ending);
  }

  async #acquire(configuration: FunctionConfiguration): Promise<Member> {
    if (this.#stopped) throw new Error("the cloud stops");
    const found = this.#find(configuration);
    if (found !== undefined) return found;
    return new Promise((proceed, fail) => this.#waiters.push({ configuration, proceed, fail }));
  }

  #find(configuration: FunctionConfiguration): Member | undefined {
    const key = keyOf(configuration);
    const idle = [...this.#members].filter((member) => !member.busy);
    const warm = idle
      .filter((member) => member.key === key && member.environment.usable)
      .sort((a, b) => b.idleSince - a.idleSince)[0];
    if (warm !== undefined) {
      warm.busy = true;
      return warm;
    }
    if (this.#members.size >= this.#maxProcesses) {
      const longestIdle = idle.sort((a, b) => a.idleSince - b.idleSince)[0];
      if (longestIdle === undefined) return undefined;
      this.#end(longestIdle);
    }
    const member: Member = {
      environment: this.#start(configuration),
      key,
      busy: true,
      retired: false,
      idleSince: 0,
    };
    this.#members.add(member);
    return member;
  }

  #release(member: Member): void {
    member.busy = false;
    member.idleSince = performance.now();
    if (member.retired || !member.environment.usable) this.#end(member);
    this.#serveWaiters();
  }

  /** The function of which the fewest run goes first: a thousand invocations of one must not hold up another's only one. */
  #serveWaiters(): void {
    const waiters = this.#waiters
      .splice(0)
      .map((waiter) => ({ waiter, running: this.#running(waiter.configuration) }));
    for (const { waiter } of waiters.sort((a, b) => a.running - b.running)) {
      if (!this.#serve(waiter)) this.#waiters.push(waiter);
    }
  }

  #running({ name }: FunctionConfiguration): number {
    return [...this.#members].filter(
      ({ busy, environment }) => busy && environment.configuration.name === name,
    ).length;
  }

  #serve({ configuration, proceed, fail }: Waiter): boolean {
    try {
      const member = this.#find(configuration);
      if (member !== undefined) proceed(member);
      return member !== undefined;
    } catch (error) {
      fail(error);
      return true;
    }
  }

  #endIdle(): void {
    const before = performance.now() - this.#idleMs;
    for (const member of this.#members) {
      if (!member.busy && (member.idleSince < before || !member.environment.usable)) this.#end(member);
    }
  }

  #end(member: Member): void {
    if (!this.#members.delete(member)) return;
    const ended = member.environment.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}

function keyOf(configuration: FunctionConfiguration): string {
  return `${configuration.name}:${configuration.version}:${configuration.revisionId}`;
}
