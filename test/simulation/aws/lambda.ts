import type { VirtualTime } from "../engine/virtual-time.ts";
import { Actor } from "./actor.ts";

export type Laws = ConstructorParameters<typeof Actor>[1];

export interface Invocation {
  readonly actor: Actor;
  remainingMs(): number;
}

export type Invoked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Lambda waits a minute before it repeats an asynchronous invocation, and two before the second time. */
const ASYNC_WAITS_MS = [60_000, 120_000];

/** Invocations of functions: each one a process with an end of its time. */
export class Lambda {
  readonly #laws: Laws;
  #invocations = 0;

  constructor(laws: Laws) {
    this.#laws = laws;
  }

  get time(): VirtualTime {
    return this.#laws.time;
  }

  invoke<T>(
    name: string,
    timeoutMs: number,
    work: (invocation: Invocation) => Promise<T>,
  ): Promise<Invoked<T>> {
    return new Promise((resolve) => {
      const { time } = this.#laws;
      const endsAt = time.nowMs + timeoutMs;
      this.#invocations += 1;
      const actor = new Actor(`${name}-${this.#invocations}`, this.#laws, () => resolve({ ok: false }));
      const end = time.after(timeoutMs, () => actor.die());
      const succeed = (value: T): void => {
        end.cancel();
        actor.retire();
        resolve({ ok: true, value });
      };
      work({ actor, remainingMs: () => endsAt - time.nowMs }).then(succeed, () => actor.die());
    });
  }

  /** As EventBridge invokes: again after errors, as far as the function allows, then the event goes to its dead letters. */
  async invokeAsync(
    name: string,
    options: { timeoutMs: number; retries: number; maxAgeMs: number; onDeadLetter: () => void },
    work: (invocation: Invocation) => Promise<void>,
  ): Promise<void> {
    const { time } = this.#laws;
    const startedMs = time.nowMs;
    for (let attempt = 0; attempt <= options.retries; attempt += 1) {
      if (attempt > 0) await time.sleep(ASYNC_WAITS_MS[attempt - 1] ?? 120_000);
      if (time.nowMs - startedMs > options.maxAgeMs) break;
      if ((await this.invoke(name, options.timeoutMs, work)).ok) return;
    }
    options.onDeadLetter();
  }
}
