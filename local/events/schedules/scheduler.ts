import { createHash } from "node:crypto";
import type { CloudContext } from "../../context/cloud-context.ts";
import type { BusStore, Rule } from "../bus-store.ts";
import { eventText, type EventText } from "../event-text.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

/** EventBridge promises the minute; a laptop may do better. */
const TICK_MS = 1000;
/** Scheduled times of one rule that one tick makes up for; the next tick goes on. */
const MAX_PER_TICK = 500;

/** Fires scheduled rules by the cloud's clock, each scheduled time once, also over a restart. */
export class Scheduler {
  readonly #context: CloudContext;
  readonly #store: BusStore;
  readonly #fire: (rule: Rule, event: EventText) => void;
  readonly #next = new Map<
    string,
    { readonly from: number; readonly expression: string; readonly at: number | undefined }
  >();
  readonly #schedules = new Map<string, Schedule>();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: CloudContext, store: BusStore, fire: (rule: Rule, event: EventText) => void) {
    this.#context = context;
    this.#store = store;
    this.#fire = fire;
  }

  start(): void {
    for (const rule of this.#scheduled()) this.#forgetMissed(rule);
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One event as of now, beside the schedule. */
  fireNow(rule: Rule): void {
    this.#fire(rule, this.#event(rule, this.#context.clock.now()));
  }

  /** Fires what has fallen due. */
  tick(): void {
    const now = this.#context.clock.now();
    let fired = false;
    for (const rule of this.#scheduled()) {
      for (let count = 0; count < MAX_PER_TICK; count++) {
        const at = this.#nextOf(rule);
        if (at === undefined || at > now) break;
        this.#fire(rule, this.#event(rule, at));
        rule.scheduledFrom = at;
        fired = true;
      }
    }
    if (fired) this.#store.save();
  }

  /**
   * While the cloud was off a laptop has missed nothing but the last time; and a clock that a test moved ahead is back
   * where it was.
   */
  #forgetMissed(rule: Rule): void {
    const now = this.#context.clock.now();
    if (rule.scheduledFrom > now) rule.scheduledFrom = now;
    for (let at = this.#nextOf(rule); at !== undefined && at <= now;) {
      const following = this.#schedule(rule).next(at);
      if (following === undefined || following > now) return;
      rule.scheduledFrom = at;
      at = following;
    }
  }

  #scheduled(): Rule[] {
    return this.#store
      .rules()
      .filter((rule) => rule.scheduleExpression !== undefined && rule.state !== "DISABLED");
  }

  #nextOf(rule: Rule): number | undefined {
    const known = this.#next.get(rule.arn);
    if (known?.from === rule.scheduledFrom && known.expression === rule.scheduleExpression) return known.at;
    const at = this.#schedule(rule).next(rule.scheduledFrom);
    this.#next.set(rule.arn, { from: rule.scheduledFrom, expression: rule.scheduleExpression ?? "", at });
    return at;
  }

  #schedule(rule: Rule): Schedule {
    const expression = rule.scheduleExpression ?? "";
    const known = this.#schedules.get(expression) ?? parseSchedule(expression);
    this.#schedules.set(expression, known);
    return known;
  }

  /** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html */
  #event(rule: Rule, at: number): EventText {
    const time = new Date(at).toISOString();
    const hex = createHash("sha256").update(`${rule.arn} ${time}`).digest("hex");
    const id = [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20, 32),
    ].join("-");
    return eventText(this.#context, {
      id,
      source: "aws.events",
      detailType: "Scheduled Event",
      detail: "{}",
      resources: [rule.arn],
      time,
    });
  }
}
