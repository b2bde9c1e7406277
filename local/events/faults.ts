import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { FaultSet, faultKind } from "../faults/fault-set.ts";
import type { EventText } from "./event-text.ts";
import { compilePattern } from "./patterns/compile.ts";
import { PatternError } from "./patterns/pattern-error.ts";
import { eventFields, matches } from "./patterns/match.ts";

/** An event pattern; only what matches is touched. */
const match = z
  .record(z.string(), z.unknown())
  .superRefine((pattern, check) => {
    try {
      compilePattern(JSON.stringify(pattern));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      check.addIssue({ code: "custom", message: error.message });
    }
  })
  .optional();
/** Milliseconds. */
const delayMs = z.number().min(0);

const kinds = {
  lostEvents: faultKind("Events to any bus are lost, as those of S3 and ECS may be.", { match }),
  doubledEvents: faultKind("Events are delivered twice.", { match }),
  lateEvents: faultKind("Events are delivered this much later.", { match, delayMs }),
  reorderedEvents: faultKind("Events wait at random, so that they overtake each other.", { match }),
};

/** A share of the events (below 1), or how many of the next ones. */
const amount = z.number().min(0);
const allInput = z.strictObject({
  lose: amount.optional(),
  double: amount.optional(),
  delayMs: delayMs.optional(),
  reorder: z.boolean().optional(),
  match,
});

/** Reordered events wait at random, up to this long. */
const REORDER_MS = 500;

/** What may go wrong between a sender and a bus: S3 and ECS promise "at least once", neither order nor speed. */
export class EventFaults {
  readonly set: FaultSet<typeof kinds>;
  #lost = 0;
  #doubled = 0;
  readonly #stopped = new AbortController();

  constructor(now: () => number) {
    this.set = new FaultSet(now, kinds);
  }

  /**
   * All of them in one word: sets those that are given and switches off the others; `{lose: 1, match: ...}` drops one event and no
   * other. Answers what has happened since the last call.
   */
  setAll(input: unknown): { lost: number; doubled: number } {
    const { lose, double, delayMs: lateMs, reorder, match: pattern } = allInput.parse(input);
    const happened = { lost: this.#lost, doubled: this.#doubled };
    const own = pattern === undefined ? {} : { match: pattern };
    this.set.clear();
    if (lose !== undefined && lose > 0) this.set.set("lostEvents", { ...own, ...occasions(lose) });
    if (double !== undefined && double > 0) this.set.set("doubledEvents", { ...own, ...occasions(double) });
    if (lateMs !== undefined) this.set.set("lateEvents", { ...own, delayMs: lateMs });
    if (reorder === true) this.set.set("reorderedEvents", own);
    this.#lost = 0;
    this.#doubled = 0;
    return happened;
  }

  /** Hands the event on: not at all, once or twice, now or later. */
  pass(event: EventText, handOn: (event: EventText) => void): void {
    const concerns = (fault: { match?: Record<string, unknown> | undefined }): boolean =>
      fault.match === undefined ||
      matches(compilePattern(JSON.stringify(fault.match)), eventFields(event.text));
    if (this.set.strike("lostEvents", concerns) !== undefined) {
      this.#lost++;
      return;
    }
    const times = this.set.strike("doubledEvents", concerns) === undefined ? 1 : 2;
    this.#doubled += times - 1;
    for (let time = 0; time < times; time++) {
      const lateMs = this.set.strike("lateEvents", concerns)?.delayMs ?? 0;
      const isReordered = this.set.strike("reorderedEvents", concerns) !== undefined;
      this.#pause(lateMs + (isReordered ? Math.random() * REORDER_MS : 0), () => handOn(event));
    }
  }

  /** Ends the delays; an event that is late by a fault is lost with the process, as faults are meant to hurt. */
  stop(): void {
    this.#stopped.abort();
  }

  #pause(ms: number, handOn: () => void): void {
    if (ms === 0) handOn();
    else delay(ms, undefined, { signal: this.#stopped.signal }).then(handOn, () => undefined);
  }
}

function occasions(value: number): { share: number } | { count: number } {
  return value < 1 ? { share: value } : { count: value };
}
