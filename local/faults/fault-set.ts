import { z } from "zod";

/** When a fault strikes: by chance, the next `count` times, until a time is over; together where several are given. */
const occasion = {
  /** 0 to 1 */
  share: z.number().min(0).max(1).default(1),
  /** How many times more. */
  count: z.int().min(1).optional(),
  durationMs: z.number().min(0).optional(),
};

/**
 * One fault: what it does, in a sentence for people, and its own settings beside when it strikes.
 * @param settings zod schemas by name
 */
export function faultKind<S extends z.ZodRawShape>(does: string, settings: S) {
  return z.strictObject({ ...occasion, ...settings }).describe(does);
}

/** The faults of one service, by name. */
export type FaultKinds = Readonly<Record<string, z.ZodObject<typeof occasion>>>;

type SettingsOf<K extends FaultKinds> = { [N in keyof K]: z.output<K[N]> };

interface Armed<T> {
  readonly settings: T;
  readonly until?: number;
  left?: number;
}

/** What a person sees of a fault. */
export interface FaultView {
  readonly name: string;
  readonly does: string;
  /** Names of the settings that it takes. */
  readonly takes: readonly string[];
  /** Absent where it is off. */
  readonly on?: Readonly<Record<string, unknown>> & { readonly leftMs?: number; readonly left?: number };
}

/** Faults of AWS that can be switched on for tests and demonstrations; none is on by itself. */
export class FaultSet<K extends FaultKinds> {
  readonly #now: () => number;
  readonly #kinds: K;
  readonly #armed = new Map<keyof K, Armed<SettingsOf<K>[keyof K]>>();

  /** @param now milliseconds of the cloud's clock */
  constructor(now: () => number, kinds: K) {
    this.#now = now;
    this.#kinds = kinds;
  }

  has(name: string): name is keyof K & string {
    return Object.hasOwn(this.#kinds, name);
  }

  /**
   * Switches one on, in the place of what it was before; null switches it off.
   * @throws Error that says what is no fault or no setting, and changes nothing
   */
  set(name: string, settings: unknown): void {
    const kind = this.#kinds[name];
    if (kind === undefined || !this.has(name)) throw new Error(`There is no fault "${name}".`);
    const parsed = settings === null ? undefined : (kind.parse(settings) as SettingsOf<K>[keyof K]);
    this.#armed.delete(name);
    if (parsed === undefined) return;
    const { durationMs, count } = parsed;
    this.#armed.set(name, {
      settings: parsed,
      ...(durationMs === undefined ? {} : { until: this.#now() + durationMs }),
      ...(count === undefined ? {} : { left: count }),
    });
  }

  /**
   * Sets the named faults, clears those given as null, leaves the others. @returns those that are on, with their settings
   * @throws Error that names what is no fault or no setting, before anything is changed
   */
  change(input: unknown): Partial<SettingsOf<K>> {
    const shape = Object.fromEntries(
      Object.entries(this.#kinds).map(([name, kind]) => [name, kind.nullish()]),
    );
    z.strictObject(shape).parse(input);
    for (const [name, settings] of Object.entries(input as object)) {
      this.set(name, settings ?? null);
    }
    return Object.fromEntries(
      this.#names().flatMap((name) => {
        const armed = this.#live(name);
        return armed === undefined ? [] : [[name, armed.settings]];
      }),
    ) as Partial<SettingsOf<K>>;
  }

  clear(): void {
    this.#armed.clear();
  }

  /** The fault's settings where it strikes now. `concerns` says whether this occasion is one of its own. */
  strike<N extends keyof K & string>(
    name: N,
    concerns: (settings: SettingsOf<K>[N]) => boolean = () => true,
  ): SettingsOf<K>[N] | undefined {
    const armed = this.#live(name);
    if (armed === undefined || !concerns(armed.settings)) return undefined;
    if (Math.random() >= armed.settings.share) return undefined;
    if (armed.left !== undefined) armed.left -= 1;
    return armed.settings;
  }

  views(): FaultView[] {
    return this.#names().map((name) => {
      const kind = this.#kinds[name] as K[keyof K];
      const armed = this.#live(name);
      return {
        name,
        does: kind.description ?? "",
        takes: Object.keys(kind.shape),
        ...(armed === undefined ? {} : { on: { ...armed.settings, ...this.#rest(armed) } }),
      };
    });
  }

  #names(): (keyof K & string)[] {
    return Object.keys(this.#kinds);
  }

  /** Undefined where it is off, its time is over or its occasions are used up. */
  #live<N extends keyof K & string>(name: N): Armed<SettingsOf<K>[N]> | undefined {
    const armed = this.#armed.get(name);
    const isOver = armed?.left === 0 || (armed?.until !== undefined && this.#now() >= armed.until);
    return isOver ? undefined : armed;
  }

  #rest({ until, left }: { until?: number; left?: number }): { leftMs?: number; left?: number } {
    return {
      ...(until === undefined ? {} : { leftMs: until - this.#now() }),
      ...(left === undefined ? {} : { left }),
    };
  }
}
