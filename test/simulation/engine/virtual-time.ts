import { Moment } from "./moment.ts";

/** What will happen at its time, unless somebody cancels it. */
export interface Timer {
  cancel(): void;
}

class Due implements Timer {
  readonly atMs: number;
  /** Who was scheduled first goes first at the same time. */
  readonly order: number;
  run: (() => void) | undefined;

  constructor(atMs: number, order: number, run: () => void) {
    this.atMs = atMs;
    this.order = order;
    this.run = run;
  }

  cancel(): void {
    this.run = undefined;
  }
}

const settled = Promise.resolve();
/** Let others in the process (a test runner's timers) have a turn once in so many steps. */
const STEPS_BEFORE_A_BREATH = 5_000;

/**
 * The only clock and the only scheduler of a simulation: whatever waits, waits here. Between two steps every promise that
 * can settle has settled, so that the order of steps is all there is to chance.
 */
export class VirtualTime {
  #nowMs: number;
  #order = 0;
  readonly #heap: Due[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  now(): Date {
    return new Moment(this.#nowMs);
  }

  after(delayMs: number, run: () => void): Timer {
    const due = new Due(this.#nowMs + Math.max(0, delayMs), this.#order++, run);
    this.#push(due);
    return due;
  }

  at(atMs: number, run: () => void): Timer {
    return this.after(atMs - this.#nowMs, run);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until nothing waits any more or `isOver` says so. @throws what a step throws */
  run(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let steps = 0;
      const step = (): void => {
        const next = isOver() ? undefined : this.#next();
        if (next?.run === undefined) return resolve();
        this.#nowMs = next.atMs;
        try {
          next.run();
        } catch (error) {
          return reject(error);
        }
        steps += 1;
        if (steps % STEPS_BEFORE_A_BREATH === 0) setImmediate(step);
        else void settled.then(stepWhenAllIsSettled);
      };
      // A tick that is asked for in a microtask comes when all microtasks are done.
      const stepWhenAllIsSettled = (): void => process.nextTick(step);
      process.nextTick(step);
    });
  }

  /** The first that nobody has cancelled. */
  #next(): Due | undefined {
    let next = this.#pop();
    while (next !== undefined && next.run === undefined) next = this.#pop();
    return next;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(due);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(due, heap[parent] as Due)) break;
      heap[index] = heap[parent] as Due;
      index = parent;
    }
    heap[index] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child += 1;
      if (!isBefore(heap[child] as Due, last)) break;
      heap[index] = heap[child] as Due;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
