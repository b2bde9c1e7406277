import type { Log } from "#core/ports/log.ts";
import type { Quarantine } from "#core/ports/messaging.ts";
import type { EndReports, ReceivedMessage, WorkQueue } from "#core/ports/work-queue.ts";
import type { Lease } from "./message-leases.ts";

const BATCH = 10;
const FLUSH_MS = 1000;

interface Ended {
  readonly jobId: string;
  readonly lease: Lease;
}

interface EndedPorts {
  readonly queue: WorkQueue;
  readonly reports: EndReports;
  readonly deadLetters: Quarantine;
  readonly log: Log;
}

/**
 * The messages whose jobs have ended: told to track first and deleted then, ten at a time or once a second. Whatever fails on the
 * way, the messages come again and find their jobs ended, and it is done once more.
 */
export class EndedMessages implements AsyncDisposable {
  readonly #ports: EndedPorts;
  readonly #timer: NodeJS.Timeout;
  #waiting: Ended[] = [];
  #flushing: Promise<void> = Promise.resolve();

  constructor(ports: EndedPorts) {
    this.#ports = ports;
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS);
  }

  /** @param deadBecause why all tries were in vain, where the message goes to the dead-letter queue */
  async add(message: ReceivedMessage, ended: Ended & { deadBecause?: string }): Promise<void> {
    const { deadBecause: reason } = ended;
    if (reason !== undefined) await this.#ports.deadLetters.set({ ...message, reason });
    this.#waiting.push(ended);
    if (this.#waiting.length >= BATCH) this.#flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await this.#flushing;
  }

  #flush(): void {
    const some = this.#waiting;
    if (some.length === 0) return;
    this.#waiting = [];
    this.#flushing = this.#flushing.then(() => this.#tell(some));
  }

  async #tell(some: readonly Ended[]): Promise<void> {
    const { reports, queue, log } = this.#ports;
    try {
      await reports.send(some.map(({ jobId }) => jobId));
      await queue.delete(some.map(({ lease }) => lease.receipt));
    } catch (error) {
      log.warn("Ended messages could not be told or deleted; they come again", {
        messages: some.length,
        error: String(error),
      });
    } finally {
      for (const { lease } of some) lease.end();
    }
  }
}
