import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { EventText } from "./event-text.ts";
import { type CompiledPattern, compilePattern } from "./patterns/compile.ts";
import { eventFields, matches } from "./patterns/match.ts";

/** A share of the events (below 1), or how many of the next ones. */
const amount = z.number().min(0);

const faultsInput = z.strictObject({
  lose: amount.optional(),
  double: amount.optional(),
  /** Milliseconds. */
  delayMs: z.number().min(0).optional(),
  reorder: z.boolean().optional(),
  /** An event pattern; only what matches is touched. */
  match: z.record(z.string(), z.unknown()).optional(),
});

const OFF = { lose: 0, double: 0, delayMs: 0, reorder: false };

/** Reordered events wait at random, up to this long. */
const REORDER_MS = 500;

/**
 * What may go wrong between a sender and a bus: S3 and ECS promise "at least once", neither order nor speed.
 * A number of 1 or more counts down, so `{lose: 1, match: ...}` drops one event and no other.
 */
export class EventFaults {
  #faults = OFF;
  #match: CompiledPattern | undefined;
  #lost = 0;
  #doubled = 0;
  readonly #stopped = new AbortController();

  /** Sets the faults that are given and switches off the others. Answers what has happened since the last call. */
  set(input: unknown): { lost: number; doubled: number } {
    const { match, ...faults } = faultsInput.parse(input);
    const happened = { lost: this.#lost, doubled: this.#doubled };
    this.#faults = { ...OFF, ...definedOnly(faults) };
    this.#match = match === undefined ? undefined : compilePattern(JSON.stringify(match));
    this.#lost = 0;
    this.#doubled = 0;
    return happened;
  }

  /** Hands the event on: not at all, once or twice, now or later. */
  pass(event: EventText, handOn: (event: EventText) => void): void {
    if (this.#match !== undefined && !matches(this.#match, eventFields(event.text))) {
      handOn(event);
      return;
    }
    if (this.#strikes("lose")) {
      this.#lost++;
      return;
    }
    const times = this.#strikes("double") ? 2 : 1;
    this.#doubled += times - 1;
    for (let time = 0; time < times; time++) this.#pause(event, handOn);
  }

  /** Ends the delays; an event that is late by a fault is lost with the process, as faults are meant to hurt. */
  stop(): void {
    this.#stopped.abort();
  }

  #pause(event: EventText, handOn: (event: EventText) => void): void {
    const ms = this.#faults.delayMs + (this.#faults.reorder ? Math.random() * REORDER_MS : 0);
    if (ms === 0) {
      handOn(event);
      return;
    }
    delay(ms, undefined, { signal: this.#stopped.signal }).then(
      () => handOn(event),
      () => undefined,
    );
  }

  #strikes(fault: "lose" | "double"): boolean {
    const value = this.#faults[fault];
    if (value < 1) return value > 0 && Math.random() < value;
    this.#faults = { ...this.#faults, [fault]: value - 1 };
    return true;
  }
}

function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
