import { randomUUID } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import type { EnvironmentPool } from "./environments/environment-pool.ts";
import type { InvocationOutcome } from "./environments/invocation-outcome.ts";
import type { FunctionStore, ResolvedFunction } from "./function-store.ts";
import { InvocationMeasures } from "./measures.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html */
export const ACCOUNT_CONCURRENCY = 1000;
const UNRESERVED_MINIMUM = 100;

/** Runs invocations within the concurrency that the account and the function's reservation allow. */
export class Invoker {
  readonly #store: FunctionStore;
  readonly #pool: EnvironmentPool;
  readonly #running = new Map<string, number>();
  readonly measures = new InvocationMeasures();

  constructor(store: FunctionStore, pool: EnvironmentPool) {
    this.#store = store;
    this.#pool = pool;
  }

  /** @throws AwsError TooManyRequestsException */
  async invoke(
    target: ResolvedFunction,
    payload: Buffer,
    options: { requestId?: string; clientContext?: string } = {},
  ): Promise<InvocationOutcome> {
    const { name } = target.configuration;
    this.#checkConcurrency(name);
    const concurrent = this.#runningOf(name) + 1;
    this.#running.set(name, concurrent);
    const begun = performance.now();
    try {
      const outcome = await this.#pool.run(target.configuration, {
        requestId: options.requestId ?? randomUUID(),
        functionArn: target.arn,
        payload,
        ...(options.clientContext === undefined ? {} : { clientContext: options.clientContext }),
      });
      const durationMs = performance.now() - begun;
      this.measures.invoked(name, { durationMs, failed: outcome.functionError !== undefined, concurrent });
      return outcome;
    } finally {
      this.#running.set(name, this.#runningOf(name) - 1);
    }
  }

  /** Reserves concurrency. @throws AwsError InvalidParameterValueException where too little is left for the others */
  checkReservation(name: string, concurrency: number): void {
    const others = this.#reservations().filter((record) => record.latest.name !== name);
    const reserved = others.reduce((sum, record) => sum + (record.reservedConcurrency ?? 0), 0);
    if (ACCOUNT_CONCURRENCY - reserved - concurrency >= UNRESERVED_MINIMUM) return;
    throw new AwsError(
      "InvalidParameterValueException",
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${UNRESERVED_MINIMUM}].`,
    );
  }

  /** What the functions without a reservation share. */
  unreservedConcurrency(): number {
    return this.#reservations().reduce(
      (left, { reservedConcurrency = 0 }) => left - reservedConcurrency,
      ACCOUNT_CONCURRENCY,
    );
  }

  #checkConcurrency(name: string): void {
    const reserved = this.#store.get(name).reservedConcurrency;
    if (reserved !== undefined) {
      if (this.#runningOf(name) >= reserved)
        throw this.#throttled(name, "ReservedFunctionConcurrentInvocationLimitExceeded");
      return;
    }
    const names = new Set(this.#reservations().map((record) => record.latest.name));
    const running = [...this.#running].reduce(
      (sum, [other, count]) => (names.has(other) ? sum : sum + count),
      0,
    );
    if (running >= this.unreservedConcurrency())
      throw this.#throttled(name, "ConcurrentInvocationLimitExceeded");
  }

  #throttled(name: string, reason: string): AwsError {
    this.measures.throttled(name);
    return new AwsError("TooManyRequestsException", "Rate Exceeded.", 429, { Reason: reason, Type: "User" });
  }

  #reservations() {
    return this.#store.functions.filter((record) => record.reservedConcurrency !== undefined);
  }

  #runningOf(name: string): number {
    return this.#running.get(name) ?? 0;
  }
}
