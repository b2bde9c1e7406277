import type { Faults } from "../engine/faults.ts";
import type { Random } from "../engine/random.ts";
import type { VirtualTime } from "../engine/virtual-time.ts";

const LATE_MS = 30 * 60_000;
const REORDER_MS = 20_000;

/** EventBridge between a sender and a rule's target: at least once says AWS, and now and then not even that. */
export class EventBus {
  readonly #time: VirtualTime;
  readonly #faults: Faults;
  readonly #random: Random;
  #onTheWay = 0;

  constructor(laws: { time: VirtualTime; faults: Faults; random: Random }) {
    this.#time = laws.time;
    this.#faults = laws.faults;
    this.#random = laws.random;
  }

  /** Events that were sent and have not arrived. */
  get onTheWay(): number {
    return this.#onTheWay;
  }

  /** @param guarantee "may-be-lost" for what sweep or the inventory has to make good */
  deliver(target: () => void, guarantee: "may-be-lost" | "at-least-once"): void {
    if (guarantee === "may-be-lost" && this.#faults.strikes("event-lost")) return;
    const copies = this.#faults.strikes("event-doubled") ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      this.#onTheWay += 1;
      this.#time.after(this.#delayMs(), () => {
        this.#onTheWay -= 1;
        target();
      });
    }
  }

  #delayMs(): number {
    const usual = this.#random.between(50, 1500);
    if (this.#faults.strikes("event-late")) return usual + this.#random.between(10_000, LATE_MS);
    return this.#faults.strikes("event-reordered") ? usual + this.#random.between(0, REORDER_MS) : usual;
  }
}
