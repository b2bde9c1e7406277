import { SqsError } from "../../node_modules/fauxqs/dist/common/errors.js";
import { changeMessageVisibility } from "../../node_modules/fauxqs/dist/sqs/actions/changeMessageVisibility.js";
import { changeMessageVisibilityBatch } from "../../node_modules/fauxqs/dist/sqs/actions/changeMessageVisibilityBatch.js";
import { deleteMessage } from "../../node_modules/fauxqs/dist/sqs/actions/deleteMessage.js";
import { deleteMessageBatch } from "../../node_modules/fauxqs/dist/sqs/actions/deleteMessageBatch.js";
import { getQueueAttributes } from "../../node_modules/fauxqs/dist/sqs/actions/getQueueAttributes.js";
import { listQueues } from "../../node_modules/fauxqs/dist/sqs/actions/listQueues.js";
import { receiveMessage } from "../../node_modules/fauxqs/dist/sqs/actions/receiveMessage.js";
import { sendMessage } from "../../node_modules/fauxqs/dist/sqs/actions/sendMessage.js";
import { sendMessageBatch } from "../../node_modules/fauxqs/dist/sqs/actions/sendMessageBatch.js";
import { allowAllCharactersOfSqs } from "./allowed-characters.ts";
import type { Queue } from "./queue.ts";
import type { QueueStore } from "./queue-store.ts";
import type { SentMessage } from "./message.ts";

export interface FauxqsAnswer {
  readonly status: number;
  readonly document: Record<string, unknown>;
  /** E.g. AWS.SimpleQueueService.NonExistentQueue;Sender, by which clients name the error. */
  readonly queryError?: string;
}

const ACTIONS = {
  ChangeMessageVisibility: changeMessageVisibility,
  ChangeMessageVisibilityBatch: changeMessageVisibilityBatch,
  DeleteMessage: deleteMessage,
  DeleteMessageBatch: deleteMessageBatch,
  GetQueueAttributes: getQueueAttributes,
  ListQueues: listQueues,
  ReceiveMessage: receiveMessage,
  SendMessage: sendMessage,
  SendMessageBatch: sendMessageBatch,
};
export type FauxqsCall = (
  operation: keyof typeof ACTIONS,
  input: Record<string, unknown>,
) => Promise<FauxqsAnswer>;

/**
 * fauxqs checks the requests and words the answers of the message calls. The queues behind it are ours: its own are lost at
 * a stop, follow the system's clock, and give a long poll's messages to clients that are gone. Its actions are called as functions:
 * a request to its server would cost more than the message.
 */
export function fauxqsActions(store: QueueStore): FauxqsCall {
  allowAllCharactersOfSqs();
  const queues = sqsStore(store) as Parameters<typeof sendMessage>[1];
  return async (operation, input) => {
    try {
      const document = await ACTIONS[operation](input, queues);
      return { status: 200, document: (document ?? {}) as Record<string, unknown> };
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      return { status: error.statusCode, document: error.toJSON(), queryError: error.queryErrorHeader };
    }
  };
}

/** The part of fauxqs' SqsStore that its message actions use. */
function sqsStore(store: QueueStore): unknown {
  const view = (queue: Queue | undefined) => queue && queueView(store, queue);
  return {
    getQueue: (url: string) => view(store.byUrl(url)),
    getQueueByArn: (arn: string) => view(store.byArn(arn)),
    listQueues: (prefix = "", max = 1000) =>
      store
        .all()
        .filter((queue) => queue.name.startsWith(prefix))
        .slice(0, max),
    shutdown: () => undefined,
  };
}

/** The part of fauxqs' SqsQueue that its message actions use. */
function queueView(store: QueueStore, queue: Queue): unknown {
  return {
    name: queue.name,
    url: queue.url,
    arn: queue.arn,
    attributes: queue.attributes,
    isFifo: () => queue.isFifo(),
    enqueue: (message: SentMessage) => queue.enqueue(message),
    dequeue: (max: number, visibilitySeconds?: number) =>
      queue
        .receive(max, visibilitySeconds === undefined ? undefined : visibilitySeconds * 1000, (arn) =>
          store.byArn(arn),
        )
        .map((message) => ({
          MessageId: message.messageId,
          ReceiptHandle: message.receiptHandle,
          MD5OfBody: message.md5OfBody,
          Body: message.body,
          ...(Object.keys(message.messageAttributes ?? {}).length === 0
            ? {}
            : {
                MD5OfMessageAttributes: message.md5OfMessageAttributes,
                MessageAttributes: message.messageAttributes,
              }),
        })),
    inflightMessages: {
      has: (handle: string) => queue.inFlight.has(handle),
      get: (handle: string) => ({ message: queue.inFlight.get(handle) }),
    },
    deleteMessage: (handle: string) => queue.delete(handle),
    changeVisibility: (handle: string, seconds: number) => queue.changeVisibility(handle, seconds * 1000),
    getAllAttributes: (names: readonly string[]) => {
      const all = Object.entries(queue.allAttributes());
      return Object.fromEntries(names.includes("All") ? all : all.filter(([name]) => names.includes(name)));
    },
    checkDeduplication: (id: string) => {
      const seen = queue.deduplication.find(id);
      return {
        isDuplicate: seen !== undefined,
        originalMessageId: seen?.messageId,
        originalSequenceNumber: seen?.sequenceNumber,
      };
    },
    recordDeduplication: (id: string, messageId: string, sequenceNumber?: string) =>
      queue.deduplication.record(id, messageId, sequenceNumber),
    nextSequenceNumber: () => queue.deduplication.nextSequenceNumber(),
  };
}
