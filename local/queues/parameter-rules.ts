import { AwsError } from "../gateway/aws-error.ts";
import { checkMessageAttributes } from "./message-attributes.ts";
import type { Queue } from "./queue.ts";

type Input = Readonly<Record<string, unknown>>;

/** Limits that SQS' model does not hold, in the words of its servers. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const RANGES: Readonly<Record<string, readonly [least: number, most: number, reason: string]>> = {
  DelaySeconds: [0, 900, "DelaySeconds must be >= 0 and <= 900."],
  MaxNumberOfMessages: [1, 10, "Must be between 1 and 10, if provided."],
  WaitTimeSeconds: [0, 20, "Must be >= 0 and <= 20, if provided."],
  VisibilityTimeout: [0, 43_200, "Must be between 0 and 43200."],
};

/** A receipt handle of this cloud; one that is no longer good is another matter, and no error. */
const RECEIPT_HANDLE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const MAX_ENTRIES = 10;

/**
 * @param queue the one that the call is about, where it is there
 * @throws AwsError InvalidParameterValue, ReceiptHandleIsInvalid
 */
export function checkParameters(input: Input, queue: Queue | undefined): void {
  for (const [name, [least, most, reason]] of Object.entries(RANGES)) {
    const value = input[name];
    if (typeof value === "number" && (value < least || value > most)) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value ${value} for parameter ${name} is invalid. Reason: ${reason}`,
      );
    }
  }
  const handle = input["ReceiptHandle"];
  if (typeof handle === "string" && handle !== "" && !RECEIPT_HANDLE.test(handle)) {
    throw new AwsError("ReceiptHandleIsInvalid", "The input receipt handle is invalid.");
  }
  const deduplicationId = input["MessageDeduplicationId"];
  if (deduplicationId !== undefined && queue?.isFifo() === false) {
    throw new AwsError(
      "InvalidParameterValue",
      `Value ${String(deduplicationId)} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  checkMessageAttributes((input["MessageAttributes"] ?? {}) as Parameters<typeof checkMessageAttributes>[0]);
}

/**
 * A FIFO queue deletes nothing by a handle whose visibility timeout is over: somebody else may have the message, and its
 * group goes on with it. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
 * @throws AwsError InvalidParameterValue
 */
export function refuseExpiredHandle(input: Input, queue: Queue | undefined): void {
  const handle = String(input["ReceiptHandle"]);
  if (queue?.hasExpired(handle) !== true) return;
  throw new AwsError(
    "InvalidParameterValue",
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  );
}

/**
 * The entries of a batch that may go on, and what the answer tells of the others: they fail by themselves.
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, BatchEntryIdsNotDistinct
 */
export function dividedEntries(
  operation: string,
  entries: readonly Input[],
  check: (entry: Input) => void,
): { fit: Input[]; failed: Input[] } {
  checkBatch(operation, entries);
  const failed = entries.flatMap((entry) => {
    try {
      check(entry);
      return [];
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return [{ Id: entry["Id"], SenderFault: true, Code: error.code, Message: error.message }];
    }
  });
  const unfit = new Set(failed.map((failure) => failure.Id));
  return { fit: entries.filter((entry) => !unfit.has(entry["Id"])), failed };
}

function checkBatch(operation: string, entries: readonly Input[]): void {
  if (entries.length === 0) {
    throw new AwsError(
      "EmptyBatchRequest",
      `There should be at least one ${operation}RequestEntry in the request.`,
    );
  }
  if (entries.length > MAX_ENTRIES) {
    throw new AwsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are ${MAX_ENTRIES}. You have sent ${entries.length}.`,
    );
  }
  const ids = entries.map((entry) => String(entry["Id"]));
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new AwsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
}
