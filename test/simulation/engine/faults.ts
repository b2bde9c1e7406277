import type { Random } from "./random.ts";

/** How often each kind of fault strikes where it can, at its usual strength. */
const USUAL_RATES = {
  "event-lost": 0.03,
  "event-doubled": 0.08,
  "event-late": 0.03,
  "event-reordered": 0.15,
  "message-lost": 0.01,
  "message-doubled": 0.03,
  "message-late": 0.03,
  "message-reordered": 0.2,
  "tick-lost": 0.05,
  "crash-before": 0.002,
  "crash-after": 0.002,
  "table-throttled": 0.004,
  "write-unknown-done": 0.004,
  "write-unknown-lost": 0.004,
  "call-slow": 0.003,
  "index-stale": 0.3,
  "clock-skew": 0.2,
  "run-task-throttled": 0.05,
  "run-task-failures": 0.05,
  "run-task-unknown-done": 0.06,
  "run-task-unknown-lost": 0.04,
  "run-task-conflict": 0.3,
  "run-task-outage": 0.2,
  "run-task-outage-heard": 0.6,
  "client-token-expired": 0.3,
  "describe-lag": 0.2,
  "no-capacity": 0.03,
  "no-address": 0.04,
  "no-start": 0.02,
  "slow-start": 0.05,
  "spot-interruption": 0.2,
  "out-of-memory": 0.02,
  killed: 0.03,
  "host-lost": 0.02,
  "unknown-stop": 0.02,
  deploy: 0.5,
  "neighbours-take-addresses": 0.3,
  "neighbours-take-vcpu": 0.3,
} as const;

export type FaultKind = keyof typeof USUAL_RATES;
export const FAULT_KINDS = Object.keys(USUAL_RATES) as FaultKind[];

/**
 * What goes wrong, and when. Each seed has its own mixture: some kinds are away, others strike far more often than usual. Each
 * kind draws from its own source, so that leaving one out shifts no other.
 */
export class Faults {
  readonly counts = new Map<FaultKind, number>();
  readonly #sources = {} as Record<FaultKind, { readonly rate: number; readonly random: Random }>;
  #raging: boolean;

  constructor(random: Random, kinds: ReadonlySet<FaultKind>) {
    this.#raging = kinds.size > 0;
    for (const kind of FAULT_KINDS) {
      const source = random.fork(kind);
      const strength = source.chance(0.35) ? 0 : source.between(0.2, 3);
      const rate = kinds.has(kind) ? Math.min(0.6, USUAL_RATES[kind] * strength) : 0;
      this.#sources[kind] = { rate, random: source };
    }
  }

  /** Whether this kind strikes now. */
  strikes(kind: FaultKind): boolean {
    if (!this.#raging) return false;
    const { rate, random } = this.#sources[kind];
    if (!random.chance(rate)) return false;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return true;
  }

  /** From now on nothing goes wrong any more. */
  end(): void {
    this.#raging = false;
  }

  /** Whether something may still go wrong. */
  get raging(): boolean {
    return this.#raging;
  }
}
