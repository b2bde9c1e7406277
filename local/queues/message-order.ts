import type { QueuedMessage } from "./message.ts";

/** In which order a queue's messages come out; the rules of visibility are the order's too. */
export interface MessageOrder {
  add(message: QueuedMessage): void;
  remove(message: QueuedMessage): void;
  /** Told after `visibleAt` or `receiptHandle` of a message changed. */
  moved(message: QueuedMessage): void;
  /**
   * The next message that may be received now, or undefined. `taken` names the message groups of which this receive has
   * messages already. A message that is taken must be moved or removed.
   */
  next(now: number, taken: ReadonlySet<string>): QueuedMessage | undefined;
  /** When a hidden message may become visible, or Infinity. */
  nextChange(now: number): number;
  all(): Iterable<QueuedMessage>;
}

/** Messages of a standard queue: roughly in the order they came, each for itself. */
export class StandardOrder implements MessageOrder {
  readonly #ready = new Map<string, QueuedMessage>();
  readonly #hidden = new Map<string, QueuedMessage>();
  #soonest = Infinity;

  add(message: QueuedMessage): void {
    this.moved(message);
  }

  moved(message: QueuedMessage): void {
    this.#ready.delete(message.messageId);
    this.#hidden.set(message.messageId, message);
    this.#soonest = Math.min(this.#soonest, message.visibleAt);
  }

  remove(message: QueuedMessage): void {
    this.#ready.delete(message.messageId);
    this.#hidden.delete(message.messageId);
  }

  next(now: number): QueuedMessage | undefined {
    this.#reveal(now);
    return this.#ready.values().next().value;
  }

  nextChange(now: number): number {
    this.#reveal(now);
    return this.#soonest;
  }

  *all(): Iterable<QueuedMessage> {
    yield* this.#ready.values();
    yield* this.#hidden.values();
  }

  /** Looks through the hidden messages only when one of them is due. */
  #reveal(now: number): void {
    if (this.#soonest > now) return;
    this.#soonest = Infinity;
    for (const message of this.#hidden.values()) {
      if (message.visibleAt <= now) {
        this.#hidden.delete(message.messageId);
        this.#ready.set(message.messageId, message);
      } else this.#soonest = Math.min(this.#soonest, message.visibleAt);
    }
  }
}

/**
 * Messages of a FIFO queue: strictly in order within a message group; while one of a group is in flight, no other of the
 * group is given out, except in the same receive.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html
 */
export class FifoOrder implements MessageOrder {
  readonly #groups = new Map<string, Map<string, QueuedMessage>>();

  add(message: QueuedMessage): void {
    const group = message.messageGroupId ?? "";
    const members = this.#groups.get(group) ?? new Map<string, QueuedMessage>();
    this.#groups.set(group, members.set(message.messageId, message));
  }

  moved(): void {
    // A message keeps its place until it is deleted.
  }

  remove(message: QueuedMessage): void {
    const group = this.#groups.get(message.messageGroupId ?? "");
    group?.delete(message.messageId);
    if (group?.size === 0) this.#groups.delete(message.messageGroupId ?? "");
  }

  next(now: number, taken: ReadonlySet<string>): QueuedMessage | undefined {
    for (const [name, group] of this.#groups) {
      const first = firstWaiting(group, now, taken.has(name));
      if (first !== undefined) return first;
    }
    return undefined;
  }

  nextChange(now: number): number {
    let soonest = Infinity;
    for (const message of this.all())
      if (message.visibleAt > now) soonest = Math.min(soonest, message.visibleAt);
    return soonest;
  }

  *all(): Iterable<QueuedMessage> {
    for (const group of this.#groups.values()) yield* group.values();
  }
}

/**
 * The message of a group that is next, unless one of the group is in flight. `mine` says that those in flight belong to
 * this very receive. Messages leave from the front, so nobody has had those behind the first that was never received.
 */
function firstWaiting(
  group: ReadonlyMap<string, QueuedMessage>,
  now: number,
  mine: boolean,
): QueuedMessage | undefined {
  let first: QueuedMessage | undefined;
  for (const message of group.values()) {
    const inFlight = message.receiptHandle !== undefined && message.visibleAt > now;
    if (inFlight && !mine) return undefined;
    if (!inFlight && first === undefined) first = message;
    if (message.approximateReceiveCount === 0) break;
  }
  return first !== undefined && first.visibleAt <= now ? first : undefined;
}
