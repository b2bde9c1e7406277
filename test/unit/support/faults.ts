/** What a wrapped port throws in place of an answer. */
export class PlannedFault extends Error {
  override readonly name = "PlannedFault";
}

export interface FaultPlan {
  /** The call that goes wrong, counted over all wrapped ports from 1. */
  readonly call: number;
  /** Whether the call has its effect before its answer is lost. */
  readonly effect: "none" | "done";
  /** crash: the process is dead, and nothing it calls afterwards works; error: only this call fails. */
  readonly kind: "crash" | "error";
}

/** Counts the calls of ports and lets one of them go wrong. */
export class Faults {
  calls = 0;
  /** How many calls went wrong as planned; arming again does not forget them. */
  strikes = 0;
  #plan: FaultPlan | undefined;
  #isDead = false;

  arm(plan: FaultPlan | undefined): void {
    this.#plan = plan;
    this.calls = 0;
    this.#isDead = false;
  }

  /** The same port, whose asynchronous methods may fail. */
  wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return async (...values: unknown[]) => this.#call(() => member.apply(target, values));
      },
    });
  }

  async #call(call: () => unknown): Promise<unknown> {
    this.calls += 1;
    if (this.#isDead) throw new PlannedFault("the process is dead");
    const plan = this.#plan;
    if (plan === undefined || this.calls !== plan.call) return call();
    this.strikes += 1;
    this.#isDead = plan.kind === "crash";
    if (plan.effect === "done") await call();
    throw new PlannedFault(`call ${plan.call}`);
  }
}
