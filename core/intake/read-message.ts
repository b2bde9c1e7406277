import type { MessageTrigger } from "../jobs/job.ts";
import { fitsIntoItem, UNFIT } from "../jobs/item-limits.ts";
import { messageJobId } from "../jobs/job-id.ts";

/** A message of a work queue as its sender meant it. */
export interface WorkMessage {
  readonly messageId: string;
  readonly body: string;
  /** The message attribute of this name: two sendings with the same one are one job. */
  readonly idempotencyKey?: string;
}

/** The job that a message asks for; `unreadable` says why nothing can be done about it. */
export interface MessageRequest {
  readonly jobId: string;
  readonly source: MessageTrigger;
  readonly unreadable?: string;
}

/** An item of the table holds 400 KB with everything else. */
const MAX_INPUT_BYTES = 256 * 1024;

/** Never throws: a message that nobody can read is a job that fails, so that somebody hears of it. */
export function readMessage(pipeline: string, message: WorkMessage): MessageRequest {
  const { messageId, idempotencyKey } = message;
  const named = { messageId, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  const jobId = messageJobId({ pipeline, ...named });
  const { input, unreadable } = readInput(message.body);
  const isKept = fitsIntoItem(input, MAX_INPUT_BYTES);
  const why = isKept ? unreadable : `The message is ${UNFIT}; put its content into S3 and send its key.`;
  return {
    jobId,
    source: { type: "queue", ...named, input: isKept ? input : null },
    ...(why === undefined ? {} : { unreadable: why }),
  };
}

function readInput(body: string): { input: unknown; unreadable?: string } {
  try {
    return { input: JSON.parse(body) as unknown };
  } catch (error) {
    return { input: body, unreadable: `The message is not JSON (${String(error)}).` };
  }
}
