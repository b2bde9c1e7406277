import type { CloudContext } from "../context/cloud-context.ts";
import { AwsError } from "../gateway/aws-error.ts";
import type { GatewayRequest } from "../gateway/service.ts";
import type { FauxqsAnswer, FauxqsCall } from "./fauxqs-actions.ts";
import type { MessageMoves } from "./message-moves.ts";
import { checkParameters, dividedEntries, refuseExpiredHandle } from "./parameter-rules.ts";
import { checkAttributes, redriveOf } from "./queue-attributes.ts";
import { addPermission, removePermission } from "./queue-permissions.ts";
import { checkRedrive } from "./redrive-rules.ts";
import type { Queue } from "./queue.ts";
import type { QueueStore } from "./queue-store.ts";
import { receiveMessages } from "./receive.ts";

type Input = Record<string, unknown>;
type Operation = (input: Input, request: Pick<GatewayRequest, "signal">) => Promise<FauxqsAnswer>;

/** What fauxqs answers, with the IAM action that each call needs. */
const MESSAGE_CALLS = {
  SendMessage: "SendMessage",
  SendMessageBatch: "SendMessage",
  DeleteMessage: "DeleteMessage",
  DeleteMessageBatch: "DeleteMessage",
  ChangeMessageVisibility: "ChangeMessageVisibility",
  ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
  GetQueueAttributes: "GetQueueAttributes",
  ListQueues: "ListQueues",
} as const;
type MessageCall = keyof typeof MESSAGE_CALLS;
const isMessageCall = (operation: string): operation is MessageCall =>
  Object.hasOwn(MESSAGE_CALLS, operation);

/** The IAM action of an operation: a batch needs the permission of the single call. */
export function actionOf(operation: string): string {
  return `sqs:${isMessageCall(operation) ? MESSAGE_CALLS[operation] : operation}`;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export function queueOperations(
  context: CloudContext,
  store: QueueStore,
  moves: MessageMoves,
  call: FauxqsCall,
): Readonly<Record<string, Operation>> {
  const names = Object.keys(MESSAGE_CALLS).filter(isMessageCall);
  const passed = names.map((name): [string, Operation] => [
    name,
    (input) => {
      const queue = store.byUrl(String(input["QueueUrl"]));
      const check = (message: Input) => {
        checkParameters(message, queue);
        if (name.startsWith("DeleteMessage")) refuseExpiredHandle(message, queue);
      };
      if (name.endsWith("Batch")) return callBatch(call, name, input, check);
      check(input);
      return call(name, input);
    },
  ]);
  return {
    ...Object.fromEntries(passed),

    async ReceiveMessage(input, { signal }) {
      const queue = store.byUrl(String(input["QueueUrl"]));
      checkParameters(input, queue);
      return receiveMessages(queue, input, signal, call);
    },

    async CreateQueue(input) {
      const name = String(input["QueueName"] ?? "");
      const attributes = texts(input["Attributes"]);
      const queue = store.create(name, attributes, texts(input["tags"]));
      return ok({ QueueUrl: queue.url });
    },

    async DeleteQueue(input) {
      store.remove(queueOf(store, input));
      return ok({});
    },

    async GetQueueUrl(input) {
      const queue = store.find(String(input["QueueName"] ?? ""));
      if (queue === undefined) throw noSuchQueue();
      return ok({ QueueUrl: queue.url });
    },

    async SetQueueAttributes(input) {
      const queue = queueOf(store, input);
      const attributes = texts(input["Attributes"]);
      checkAttributes(attributes, queue.isFifo());
      if ((attributes["FifoQueue"] ?? queue.attributes["FifoQueue"]) !== queue.attributes["FifoQueue"]) {
        throw new AwsError(
          "InvalidAttributeValue",
          "You cannot change the FifoQueue attribute of an existing queue.",
        );
      }
      checkRedrive(store, queue.arn, attributes);
      queue.setAttributes(attributes);
      return ok({});
    },

    async AddPermission(input) {
      addPermission(context, queueOf(store, input), {
        label: String(input["Label"]),
        accounts: (input["AWSAccountIds"] ?? []) as string[],
        actions: (input["Actions"] ?? []) as string[],
      });
      return ok({});
    },

    async RemovePermission(input) {
      removePermission(queueOf(store, input), String(input["Label"]));
      return ok({});
    },

    async PurgeQueue(input) {
      const queue = queueOf(store, input);
      if (queue.isBeingPurged()) {
        throw new AwsError(
          "PurgeQueueInProgress",
          `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        );
      }
      queue.purge();
      return ok({});
    },

    async TagQueue(input) {
      const queue = queueOf(store, input);
      for (const [key, value] of Object.entries(texts(input["Tags"]))) queue.tags.set(key, value);
      queue.save();
      return ok({});
    },

    async UntagQueue(input) {
      const queue = queueOf(store, input);
      for (const key of (input["TagKeys"] ?? []) as string[]) queue.tags.delete(key);
      queue.save();
      return ok({});
    },

    ListQueueTags: async (input) => ok({ Tags: Object.fromEntries(queueOf(store, input).tags) }),

    StartMessageMoveTask: async (input) => ok(moves.start(input)),

    // A move is over before anybody could cancel it.
    CancelMessageMoveTask: async () =>
      Promise.reject(new AwsError("ResourceNotFoundException", "Task does not exist.")),

    ListMessageMoveTasks: async (input) => ok(moves.list(input)),

    async ListDeadLetterSourceQueues(input) {
      const target = queueOf(store, input).arn;
      const sources = store.all().filter((queue) => {
        const policy = queue.attributes["RedrivePolicy"];
        return policy !== undefined && redriveOf(policy).deadLetterTargetArn === target;
      });
      return ok({ queueUrls: sources.map((queue) => queue.url) });
    },
  };
}

/** An entry that breaks a limit fails alone; a batch of none but such is answered without asking for more. */
async function callBatch(
  call: FauxqsCall,
  name: MessageCall,
  input: Input,
  check: (entry: Input) => void,
): Promise<FauxqsAnswer> {
  const { fit, failed } = dividedEntries(name, (input["Entries"] ?? []) as Input[], check);
  if (failed.length === 0) return call(name, input);
  if (fit.length === 0) return ok({ Successful: [], Failed: failed });
  const answer = await call(name, { ...input, Entries: fit });
  const others = (answer.document["Failed"] ?? []) as Input[];
  return { ...answer, document: { ...answer.document, Failed: [...others, ...failed] } };
}

/** @throws AwsError QueueDoesNotExist */
export function queueOf(store: QueueStore, input: Input): Queue {
  const queue = store.byUrl(String(input["QueueUrl"] ?? ""));
  if (queue === undefined) throw noSuchQueue();
  return queue;
}

function noSuchQueue(): AwsError {
  return new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
}

function ok(document: Input): FauxqsAnswer {
  return { status: 200, document };
}

function texts(value: unknown): Record<string, string> {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}
