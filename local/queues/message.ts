/** A message as fauxqs' actions make it; times are milliseconds since 1970. */
export interface SentMessage {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfMessageAttributes?: string | undefined;
  readonly sentTimestamp: number;
  readonly delayUntil?: number | undefined;
  readonly messageGroupId?: string | undefined;
  readonly messageDeduplicationId?: string | undefined;
  readonly sequenceNumber?: string | undefined;
}

/** A message in its queue. */
export interface QueuedMessage extends SentMessage {
  /** Place in the queue; rises with each message that arrives. */
  readonly position: number;
  approximateReceiveCount: number;
  approximateFirstReceiveTimestamp?: number;
  /** When it may be received (again), by the cloud's clock. */
  visibleAt: number;
  /** The handle of the receive that holds it now. */
  receiptHandle?: string;
  /** The queue from which it was moved when it had been received too often. */
  deadLetterSource?: string;
}
