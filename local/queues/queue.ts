import { randomUUID } from "node:crypto";
import type { CloudContext } from "../context/cloud-context.ts";
import { DeduplicationWindow } from "./deduplication-window.ts";
import type { QueuedMessage, SentMessage } from "./message.ts";
import { FifoOrder, type MessageOrder, StandardOrder } from "./message-order.ts";
import { redriveOf } from "./queue-attributes.ts";
import type { QueueDatabase, QueueRecord } from "./queue-database.ts";
import { Waiters } from "./waiters.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
const PURGE_MS = 60_000;

/** One queue: what SQS says about visibility, order, redrive and retention. Every change is on disk before it is answered. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly tags: Map<string, string>;
  readonly deduplication: DeduplicationWindow;
  /** The messages that somebody has received and not yet deleted, by receipt handle. */
  readonly inFlight = new Map<string, QueuedMessage>();
  readonly #context: CloudContext;
  readonly #database: QueueDatabase;
  readonly #order: MessageOrder;
  readonly #waiters: Waiters;
  #record: QueueRecord;
  #positions = 0;
  #purgedAt = -Infinity;

  constructor(context: CloudContext, database: QueueDatabase, record: QueueRecord) {
    this.name = record.name;
    this.arn = `arn:aws:sqs:${context.region}:${context.accountId}:${record.name}`;
    this.tags = new Map(Object.entries(record.tags));
    this.#context = context;
    this.#database = database;
    this.#record = record;
    this.#order = this.isFifo() ? new FifoOrder() : new StandardOrder();
    this.#waiters = new Waiters(context.clock, (now) => ({
      ready: this.#order.next(now, new Set()) !== undefined,
      nextChange: this.#order.nextChange(now),
    }));
    this.deduplication = new DeduplicationWindow(context.clock, database, record.name);
    for (const message of database.messages(record.name)) this.#restore(message);
  }

  get url(): string {
    return `${this.#context.endpoint}/${this.#context.accountId}/${this.name}`;
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.#record.attributes;
  }

  isFifo(): boolean {
    return this.name.endsWith(".fifo");
  }

  /** How many messages are in which state, and when the oldest of those that may be or were received was sent. */
  depth(): { visible: number; notVisible: number; delayed: number; oldestAt: number | undefined } {
    const now = this.#context.clock.now();
    const depth = { visible: 0, notVisible: 0, delayed: 0, oldestAt: Infinity };
    for (const message of this.#order.all()) {
      if (message.visibleAt > now && message.receiptHandle === undefined) {
        depth.delayed += 1;
        continue;
      }
      if (message.visibleAt > now) depth.notVisible += 1;
      else depth.visible += 1;
      depth.oldestAt = Math.min(depth.oldestAt, message.sentTimestamp);
    }
    return { ...depth, oldestAt: depth.oldestAt === Infinity ? undefined : depth.oldestAt };
  }

  /** Attributes of its own and those that are counted, as GetQueueAttributes gives them. */
  allAttributes(): Record<string, string> {
    const { visible, notVisible, delayed } = this.depth();
    return {
      ...this.attributes,
      QueueArn: this.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(notVisible),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(Math.floor(this.#record.createdAt / 1000)),
      LastModifiedTimestamp: String(Math.floor(this.#record.modifiedAt / 1000)),
    };
  }

  /** Replaces the attributes; an empty text removes one, as SetQueueAttributes does. */
  setAttributes(attributes: Readonly<Record<string, string>>): void {
    const kept = Object.entries({ ...this.attributes, ...attributes }).filter(([, value]) => value !== "");
    this.#record = {
      ...this.#record,
      attributes: Object.fromEntries(kept),
      modifiedAt: this.#context.clock.now(),
    };
    this.save();
    this.#waiters.look();
  }

  /** Writes down attributes and tags. */
  save(): void {
    this.#record = { ...this.#record, tags: Object.fromEntries(this.tags) };
    this.#database.saveQueue(this.#record);
  }

  enqueue(sent: SentMessage): void {
    // fauxqs stamps with the system's clock; delays are kept and moved onto the cloud's.
    const now = this.#context.clock.now();
    const delayMs = sent.delayUntil === undefined ? 0 : sent.delayUntil - sent.sentTimestamp;
    this.#put({
      ...sent,
      position: this.#positions + 1,
      sentTimestamp: now,
      visibleAt: now + delayMs,
      approximateReceiveCount: 0,
    });
  }

  /** Takes in what another queue gave up; it keeps its id and its count, and on a standard queue its age. */
  adopt(message: QueuedMessage, source: string | undefined): void {
    const now = this.#context.clock.now();
    const { receiptHandle: _handle, deadLetterSource: _source, ...rest } = message;
    this.#put({
      ...rest,
      position: this.#positions + 1,
      visibleAt: now,
      sentTimestamp: this.isFifo() ? now : message.sentTimestamp,
      ...(source === undefined ? {} : { deadLetterSource: source }),
    });
  }

  /** Takes up to `max` visible messages and hides them; what was received too often goes to the dead-letter queue. */
  receive(
    max: number,
    visibilityMs: number | undefined,
    queueByArn: (arn: string) => Queue | undefined,
  ): QueuedMessage[] {
    const now = this.#context.clock.now();
    // Also with a visibility of 0, one receive has a message only once.
    const hiddenForMs = Math.max(1, visibilityMs ?? Number(this.attributes["VisibilityTimeout"]) * 1000);
    const received: QueuedMessage[] = [];
    const groups = new Set<string>();
    while (received.length < max) {
      const message = this.#order.next(now, groups);
      if (message === undefined) break;
      if (this.#isTooOld(message, now)) this.remove(message);
      else if (!this.#redriven(message, queueByArn)) {
        this.#hide(message, now, hiddenForMs);
        groups.add(message.messageGroupId ?? "");
        received.push(message);
      }
    }
    return received;
  }

  delete(receiptHandle: string): boolean {
    const message = this.inFlight.get(receiptHandle);
    if (message === undefined || this.hasExpired(receiptHandle)) return false;
    this.remove(message);
    return true;
  }

  /** Whether this is a FIFO queue and the handle's visibility timeout is over; on a standard queue none expires. */
  hasExpired(receiptHandle: string): boolean {
    const message = this.inFlight.get(receiptHandle);
    return this.isFifo() && message !== undefined && message.visibleAt <= this.#context.clock.now();
  }

  /** Hides a message in flight for this long from now; 0 shows it at once. */
  changeVisibility(receiptHandle: string, visibilityMs: number): void {
    const message = this.inFlight.get(receiptHandle);
    if (message === undefined) return;
    message.visibleAt = this.#context.clock.now() + visibilityMs;
    this.#moved(message);
  }

  /** A purge takes SQS up to a minute, in which there may be no other. */
  isBeingPurged(): boolean {
    return this.#context.clock.now() - this.#purgedAt < PURGE_MS;
  }

  purge(): void {
    this.#purgedAt = this.#context.clock.now();
    for (const message of this.messages()) this.#order.remove(message);
    this.inFlight.clear();
    this.#database.removeMessages(this.name);
  }

  /** The messages as they stand, for moving them and for looking at them. */
  messages(): QueuedMessage[] {
    return [...this.#order.all()];
  }

  remove(message: QueuedMessage): void {
    this.#order.remove(message);
    if (message.receiptHandle !== undefined) this.inFlight.delete(message.receiptHandle);
    this.#database.removeMessage(this.name, message.messageId);
    this.#waiters.look();
  }

  /** Resolves when a message may be there, when the time is over, or when the signal aborts. */
  wait(waitMs: number, signal: AbortSignal): Promise<void> {
    return this.#waiters.wait(waitMs, signal);
  }

  /** Tells those who wait that the clock was moved or the queue is gone. */
  wake(): void {
    this.#waiters.wakeAll();
  }

  #put(message: QueuedMessage): void {
    this.#positions = message.position;
    this.#order.add(message);
    this.#database.saveMessage(this.name, message);
    this.#waiters.look();
  }

  #restore(message: QueuedMessage): void {
    this.#positions = Math.max(this.#positions, message.position);
    this.#order.add(message);
    if (message.receiptHandle !== undefined) this.inFlight.set(message.receiptHandle, message);
  }

  #hide(message: QueuedMessage, now: number, forMs: number): void {
    if (message.receiptHandle !== undefined) this.inFlight.delete(message.receiptHandle);
    message.receiptHandle = randomUUID();
    message.approximateReceiveCount += 1;
    message.approximateFirstReceiveTimestamp ??= now;
    message.visibleAt = now + forMs;
    this.inFlight.set(message.receiptHandle, message);
    this.#moved(message);
  }

  #moved(message: QueuedMessage): void {
    this.#order.moved(message);
    this.#database.saveMessage(this.name, message);
    this.#waiters.look();
  }

  #isTooOld(message: QueuedMessage, now: number): boolean {
    return message.sentTimestamp + Number(this.attributes["MessageRetentionPeriod"]) * 1000 <= now;
  }

  #redriven(message: QueuedMessage, queueByArn: (arn: string) => Queue | undefined): boolean {
    const policy = this.attributes["RedrivePolicy"];
    if (policy === undefined) return false;
    const redrive = redriveOf(policy);
    const target =
      message.approximateReceiveCount >= redrive.maxReceiveCount
        ? queueByArn(redrive.deadLetterTargetArn)
        : undefined;
    if (target === undefined) return false;
    this.remove(message);
    target.adopt(message, this.arn);
    return true;
  }
}
