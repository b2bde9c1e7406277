import { randomUUID } from "node:crypto";
import type { CloudContext } from "../context/cloud-context.ts";
import type { BusStore, Rule } from "./bus-store.ts";
import type { Delivery } from "./delivery/delivery.ts";
import type { EventText } from "./event-text.ts";
import type { EventFaults } from "./faults.ts";
import { type CompiledPattern, compilePattern } from "./patterns/compile.ts";
import { eventFields, matches } from "./patterns/match.ts";

/** An event that is handed from bus to bus ends here, where AWS would end a loop too. */
const MAX_HOPS = 5;

/** Finds the rules that an event meets and hands one delivery per target to whoever delivers. */
export class EventRouter {
  readonly #context: CloudContext;
  readonly #store: BusStore;
  readonly #faults: EventFaults;
  readonly #accept: (deliveries: readonly Delivery[]) => void;
  readonly #compiled = new Map<string, CompiledPattern>();

  constructor(
    context: CloudContext,
    store: BusStore,
    faults: EventFaults,
    accept: (deliveries: readonly Delivery[]) => void,
  ) {
    this.#context = context;
    this.#store = store;
    this.#faults = faults;
    this.#accept = accept;
  }

  /** An event from outside, through the faults that are set. A bus that does not exist swallows it, as in AWS. */
  put(busNameOrArn: string | undefined, event: EventText): void {
    const bus = this.#store.findBus(busNameOrArn);
    if (bus === undefined) {
      this.#context.report(
        `An event was put on event bus ${busNameOrArn}, which does not exist: it is dropped.`,
      );
      return;
    }
    this.#faults.pass(event, (passed) => this.#route(bus.name, passed.text, 0));
  }

  /** The event of one rule's schedule: no other rule sees it. */
  putScheduled(rule: Rule, event: EventText): void {
    this.#faults.pass(event, (passed) => this.#accept(this.#deliveries(rule, passed.text, 0)));
  }

  /** An event whose target is another bus. */
  forward(delivery: Delivery): void {
    if (delivery.hops >= MAX_HOPS) {
      this.#context.report(
        `${delivery.ruleArn} forwards an event that has passed ${MAX_HOPS} buses already: it is dropped.`,
      );
      return;
    }
    this.#route(this.#store.bus(delivery.target.Arn).name, delivery.event, delivery.hops + 1);
  }

  #route(bus: string, event: string, hops: number): void {
    const fields = eventFields(event);
    const met = this.#store.rules(bus).filter((rule) => {
      const pattern = rule.state === "DISABLED" ? undefined : rule.eventPattern;
      return pattern !== undefined && matches(this.#pattern(pattern), fields);
    });
    this.#accept(met.flatMap((rule) => this.#deliveries(rule, event, hops)));
  }

  #deliveries(rule: Rule, event: string, hops: number): Delivery[] {
    const ingestedAt = this.#context.clock.now();
    return rule.targets.map((target) => ({
      id: randomUUID(),
      ruleArn: rule.arn,
      target,
      event,
      ingestedAt,
      hops,
    }));
  }

  #pattern(text: string): CompiledPattern {
    const known = this.#compiled.get(text);
    if (known !== undefined) return known;
    const compiled = compilePattern(text);
    this.#compiled.set(text, compiled);
    return compiled;
  }
}
