/** Units of one kind of call. */
export interface Line {
  calls: number;
  writes: number;
  reads: number;
}

/** What was spent on what. */
export class Bill {
  readonly #lines = new Map<string, Line>();

  add(operation: string, { writes = 0, reads = 0 }: { writes?: number; reads?: number }): void {
    const line = this.#lines.get(operation) ?? { calls: 0, writes: 0, reads: 0 };
    line.calls += 1;
    line.writes += writes;
    line.reads += reads;
    this.#lines.set(operation, line);
  }

  get total(): Line {
    const total = { calls: 0, writes: 0, reads: 0 };
    for (const { calls, writes, reads } of this.#lines.values()) {
      total.calls += calls;
      total.writes += writes;
      total.reads += reads;
    }
    return total;
  }

  /** The dearest first. */
  perJob(jobs: number): (Line & { operation: string })[] {
    return [...this.#lines]
      .map(([operation, { calls, writes, reads }]) => ({
        operation,
        calls: calls / jobs,
        writes: writes / jobs,
        reads: reads / jobs,
      }))
      .sort((one, other) => other.writes + other.reads / 5 - (one.writes + one.reads / 5));
  }
}
