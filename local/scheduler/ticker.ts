import type { CloudContext } from "../context/cloud-context.ts";
import type { Schedule } from "../events/schedules/schedule.ts";
import type { Invoker } from "./invoker.ts";
import type { ScheduleRecord, ScheduleStore } from "./schedule-store.ts";
import { scheduleTimes } from "./schedule-times.ts";

const TICK_MS = 1000;
/** Scheduled times of one schedule that one tick makes up for; the next tick goes on. */
const MAX_PER_TICK = 500;

/** Takes up scheduled times by the cloud's clock, each once, also over a restart. */
export class Ticker {
  readonly #context: CloudContext;
  readonly #store: ScheduleStore;
  readonly #invoker: Invoker;
  readonly #times = new WeakMap<ScheduleRecord, Schedule>();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: CloudContext, store: ScheduleStore, invoker: Invoker) {
    this.#context = context;
    this.#store = store;
    this.#invoker = invoker;
  }

  start(): void {
    // A clock that a test moved ahead is back where it was.
    const now = this.#context.clock.now();
    for (const schedule of this.#store.schedules()) schedule.takenUpTo = Math.min(schedule.takenUpTo, now);
    this.#timer = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  tick(): void {
    const now = this.#context.clock.now();
    for (const schedule of this.#store.schedules()) {
      if (schedule.state === "ENABLED") this.#takeUp(schedule, now);
    }
    this.#invoker.tick();
  }

  #takeUp(schedule: ScheduleRecord, now: number): void {
    const times = this.#timesOf(schedule);
    let taken = 0;
    for (; taken < MAX_PER_TICK; taken += 1) {
      const at = times.next(schedule.takenUpTo);
      if (at === undefined || at > now) break;
      this.#invoker.accept(schedule, at);
      schedule.takenUpTo = at;
    }
    if (taken === 0) return;
    const completed = times.next(schedule.takenUpTo) === undefined;
    if (completed && schedule.afterCompletion === "DELETE") this.#store.remove(schedule);
    else this.#store.save();
  }

  #timesOf(schedule: ScheduleRecord): Schedule {
    const known = this.#times.get(schedule) ?? scheduleTimes(schedule);
    this.#times.set(schedule, known);
    return known;
  }
}
