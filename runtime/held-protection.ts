import type { Log } from "#core/ports/log.ts";
import type { TaskProtection } from "#core/ports/work-queue.ts";

/** It lasts for 30 minutes. */
const RENEWED_AFTER_MS = 10 * 60_000;
/** Then the way to the agent, or the task's role, is wrong, and a person has to see it. */
const MOST_ERRORS = 5;

/** The protection of this worker: taken before a message is received, given back when nothing is worked on. */
export class HeldProtection {
  readonly #protection: TaskProtection;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  #takenMs: number | undefined;
  #errors = 0;

  constructor(protection: TaskProtection, log: Log) {
    this.#protection = protection;
    this.#log = log;
    this.#timer = setInterval(() => {
      if (this.#takenMs !== undefined) void this.#take().catch(() => undefined);
    }, RENEWED_AFTER_MS);
  }

  /** How long it has been held without a break; 0 where it is not held. */
  get heldMs(): number {
    return this.#takenMs === undefined ? 0 : performance.now() - this.#takenMs;
  }

  /**
   * @returns whether messages may be received
   * @throws where it could not be had time and again
   */
  async ensure(): Promise<boolean> {
    if (this.#takenMs !== undefined) return true;
    const isTaken = await this.#take();
    if (isTaken) this.#takenMs = performance.now();
    return isTaken;
  }

  async giveBack(): Promise<void> {
    if (this.#takenMs === undefined) return;
    this.#takenMs = undefined;
    try {
      await this.#protection.giveBack();
    } catch (error) {
      this.#log.warn("The protection could not be given back; it ends by itself", { error: String(error) });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.giveBack();
  }

  async #take(): Promise<boolean> {
    try {
      const answer = await this.#protection.take();
      this.#errors = 0;
      if (answer === "refused") this.#log.info("ECS wants fewer workers; this one takes nothing more");
      return answer === "taken";
    } catch (error) {
      this.#errors += 1;
      this.#log.warn("The worker is not protected and takes no message", { error: String(error) });
      if (this.#errors >= MOST_ERRORS) throw error;
      return false;
    }
  }
}
