import type { Clock } from "#core/ports/clock.ts";
import type { FaultKind, Faults } from "../engine/faults.ts";
import { Moment } from "../engine/moment.ts";
import type { Random } from "../engine/random.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";

const MAX_SKEW_MS = 90_000;
const SLOW_CALL_MS = 20_000;

/** What a call may suffer, beside a crash before or after it. */
export type CallKind = "read" | "write" | "send" | "ecs";

/** A call that did not come through, or whose answer did not; which of both its caller cannot tell. */
class CallError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const THROTTLED = new CallError("ProvisionedThroughputExceededException", "Throttled");
const NO_ANSWER = new CallError("TimeoutError", "No answer");

/**
 * A process: one invocation of a function, or one task. It has a clock of its own, which may be wrong, and dies at once:
 * whatever it waits for never comes.
 */
export class Actor {
  readonly name: string;
  readonly clock: Clock;
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly random: Random;
  #dead = false;
  #struck = false;
  readonly #onDeath: () => void;

  constructor(
    name: string,
    laws: { time: VirtualTime; faults: Faults; random: Random },
    onDeath: () => void = () => undefined,
  ) {
    this.name = name;
    this.time = laws.time;
    this.faults = laws.faults;
    this.random = laws.random;
    this.#onDeath = onDeath;
    this.#struck = laws.faults.strikes("clock-skew");
    const skewMs = this.#struck ? laws.random.between(-MAX_SKEW_MS, MAX_SKEW_MS) : 0;
    this.clock = { now: () => new Moment(laws.time.nowMs + skewMs) };
  }

  /** Whether a fault has struck it: what it fails at then is nobody's mistake. */
  get isStruck(): boolean {
    return this.#struck;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  die(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#onDeath();
  }

  /** Ends quietly: whatever it left behind does not go on. */
  retire(): void {
    this.#dead = true;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.time.after(ms, () => {
        if (!this.#dead) resolve();
      });
    });
  }

  /** One call over a boundary: takes a moment, in which others go on; may crash its caller before and after its effect. */
  call<T>(kind: CallKind, effect: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return;
      const latency = this.#strikes("call-slow")
        ? this.random.between(1000, SLOW_CALL_MS)
        : this.random.between(1, 30);
      this.time.after(latency, () => this.#arrive(kind, effect, resolve, reject));
    });
  }

  #arrive<T>(
    kind: CallKind,
    effect: () => T | Promise<T>,
    resolve: (result: T | Promise<T>) => void,
    reject: (error: unknown) => void,
  ): void {
    if (this.#dead) return;
    if (this.#strikes("crash-before")) return this.die();
    if (kind !== "ecs" && this.#strikes("table-throttled")) return reject(THROTTLED);
    const isChange = kind !== "read" && kind !== "ecs";
    if (isChange && this.#strikes("write-unknown-lost")) return reject(NO_ANSWER);
    const result = effect();
    if (this.#strikes("crash-after")) return this.die();
    if (isChange && this.#strikes("write-unknown-done")) return reject(NO_ANSWER);
    // To resolve with a promise takes two turns more than to wait for it.
    if (result instanceof Promise) result.then(resolve, reject);
    else resolve(result);
  }

  #strikes(fault: FaultKind): boolean {
    if (!this.faults.strikes(fault)) return false;
    this.#struck = true;
    return true;
  }
}
