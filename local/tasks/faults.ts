import { z } from "zod";

/** When a fault strikes: by chance, the next `count` times, until a time is over; together where several are given. */
const occasion = {
  /** 0 to 1 */
  share: z.number().min(0).max(1).default(1),
  /** How many times more. */
  count: z.int().min(1).optional(),
  durationMs: z.number().min(0).optional(),
};

const faultsInput = z.strictObject({
  /** Calls refused with ThrottlingException, of all operations or the named ones. */
  throttle: z.strictObject({ ...occasion, operations: z.array(z.string()).optional() }).nullish(),
  /** Tasks of RunTask that come back in `failures`. */
  failures: z.strictObject({ ...occasion, reason: z.string().default("RESOURCE:FARGATE") }).nullish(),
  /** Tasks that find no capacity, of all providers or one. */
  noCapacity: z
    .strictObject({ ...occasion, capacityProvider: z.enum(["FARGATE", "FARGATE_SPOT"]).optional() })
    .nullish(),
  /** Tasks whose subnet has no free address. */
  noAddress: z.strictObject(occasion).nullish(),
  /** Tasks that stay in PENDING until somebody stops them. */
  noStart: z.strictObject(occasion).nullish(),
  slowStart: z.strictObject({ ...occasion, delayMs: z.number().min(0) }).nullish(),
});

type FaultSet = { [K in keyof z.output<typeof faultsInput>]?: NonNullable<z.output<typeof faultsInput>[K]> };
export type FaultName = keyof FaultSet;

interface Armed {
  until?: number;
  left?: number;
}

/** Faults of AWS that can be switched on for tests and demonstrations; none is on by itself. */
export class Faults {
  readonly #now: () => number;
  #set: FaultSet = {};
  readonly #armed = new Map<FaultName, Armed>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets the named faults, clears those given as null, leaves the others. @throws ZodError that names what is no fault */
  change(input: unknown): FaultSet {
    const change = faultsInput.parse(input);
    for (const [key, value] of Object.entries(change)) {
      const name = key as FaultName;
      this.#armed.delete(name);
      if (value === null || value === undefined) {
        const { [name]: _, ...rest } = this.#set;
        this.#set = rest;
        continue;
      }
      this.#set = { ...this.#set, [name]: value };
      this.#armed.set(name, {
        ...(value.durationMs === undefined ? {} : { until: this.#now() + value.durationMs }),
        ...(value.count === undefined ? {} : { left: value.count }),
      });
    }
    return this.#set;
  }

  /** The fault's settings where it strikes now. `concerns` says whether this occasion is one of its own. */
  strike<K extends FaultName>(
    name: K,
    concerns: (fault: NonNullable<FaultSet[K]>) => boolean = () => true,
  ): FaultSet[K] | undefined {
    const fault = this.#set[name];
    const armed = this.#armed.get(name);
    if (fault === undefined || armed === undefined || !concerns(fault)) return undefined;
    if (armed.until !== undefined && this.#now() >= armed.until) return undefined;
    if (armed.left === 0 || Math.random() >= fault.share) return undefined;
    if (armed.left !== undefined) armed.left -= 1;
    return fault;
  }
}
