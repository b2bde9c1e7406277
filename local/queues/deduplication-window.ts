import type { CloudClock } from "../context/cloud-context.ts";
import type { Deduplication, QueueDatabase } from "./queue-database.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html */
const WINDOW_MS = 5 * 60 * 1000;

/** Remembers for five minutes which deduplication ids a FIFO queue has seen, also when their messages are gone. */
export class DeduplicationWindow {
  readonly #clock: CloudClock;
  readonly #database: QueueDatabase;
  readonly #queue: string;
  /** In the order of arrival, so that the oldest come first. */
  readonly #seen: Map<string, Deduplication>;
  #sequence: bigint;

  constructor(clock: CloudClock, database: QueueDatabase, queue: string) {
    this.#clock = clock;
    this.#database = database;
    this.#queue = queue;
    const kept = database.deduplications(queue).sort((a, b) => a.at - b.at);
    this.#seen = new Map(kept.map((entry) => [entry.id, entry]));
    // Microseconds, so that numbers rise over a restart without being stored.
    this.#sequence = BigInt(Date.now()) * 1000n;
  }

  find(id: string): Deduplication | undefined {
    this.#forget();
    return this.#seen.get(id);
  }

  record(id: string, messageId: string, sequenceNumber: string | undefined): void {
    const entry: Deduplication = {
      id,
      messageId,
      at: this.#clock.now(),
      ...(sequenceNumber === undefined ? {} : { sequenceNumber }),
    };
    this.#seen.set(id, entry);
    this.#database.saveDeduplication(this.#queue, entry);
  }

  /** 20 digits that rise with each message. */
  nextSequenceNumber(): string {
    this.#sequence += 1n;
    return this.#sequence.toString().padStart(20, "0");
  }

  #forget(): void {
    const until = this.#clock.now() - WINDOW_MS;
    for (const entry of this.#seen.values()) {
      if (entry.at > until) break;
      this.#seen.delete(entry.id);
      this.#database.removeDeduplication(this.#queue, entry.id);
    }
  }
}
