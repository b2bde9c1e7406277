import { randomUUID } from "node:crypto";
import { AwsError } from "../gateway/aws-error.ts";
import { escapeXml, toXml } from "../gateway/xml.ts";
import type { FauxqsAnswer } from "./fauxqs-app.ts";

const MAX_ENTRIES = 10;
const MAX_BATCH_BYTES = 262_144;
const ENTRY = /^PublishBatchRequestEntries\.member\.(\d+)\.(.+)$/;

/**
 * PublishBatch as that many publishes: each entry succeeds or fails by itself, and a batch that is none is refused whole.
 * https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 * @param publish publishes one entry; what it throws or answers with a status other than 200 is the entry's failure
 * @throws AwsError EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct, BatchRequestTooLong
 */
export async function publishBatch(
  form: URLSearchParams,
  publish: (entry: URLSearchParams) => Promise<FauxqsAnswer>,
): Promise<FauxqsAnswer> {
  const entries = entriesOf(form);
  checkBatch(entries);
  const successful: Record<string, unknown>[] = [];
  const failed: Record<string, unknown>[] = [];
  // One after the other: a FIFO topic keeps the order of the batch.
  for (const entry of entries) {
    const outcome = await outcomeOf(publish, entry);
    (outcome["MessageId"] === undefined ? failed : successful).push({ Id: entry.get("Id"), ...outcome });
  }
  const result = toXml({ Successful: successful, Failed: failed });
  return {
    status: 200,
    body:
      `<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>${result}</PublishBatchResult>` +
      `<ResponseMetadata><RequestId>${escapeXml(randomUUID())}</RequestId></ResponseMetadata></PublishBatchResponse>`,
  };
}

/** The text of an element of SNS' answer. */
export function elementOf(answer: FauxqsAnswer, name: string): string | undefined {
  return new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(answer.body)?.[1];
}

/** Each entry as the form of a Publish, with its Id beside. */
function entriesOf(form: URLSearchParams): URLSearchParams[] {
  const entries = new Map<number, URLSearchParams>();
  for (const [name, value] of form) {
    const [, index, member] = ENTRY.exec(name) ?? [];
    if (index === undefined || member === undefined) continue;
    const entry = entries.get(Number(index)) ?? new URLSearchParams({ TopicArn: form.get("TopicArn") ?? "" });
    entry.set(member, value);
    entries.set(Number(index), entry);
  }
  return [...entries].toSorted(([a], [b]) => a - b).map(([, entry]) => entry);
}

function checkBatch(entries: readonly URLSearchParams[]): void {
  const refuse = (code: string, message: string): never => {
    throw new AwsError(code, message);
  };
  if (entries.length === 0) refuse("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.length > MAX_ENTRIES)
    refuse("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible.");
  const ids = entries.map((entry) => entry.get("Id") ?? "");
  if (!ids.every((id) => /^[\w-]{1,80}$/.test(id)))
    refuse(
      "InvalidBatchEntryId",
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    );
  if (new Set(ids).size < ids.length)
    refuse("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
  const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.get("Message") ?? ""), 0);
  if (bytes > MAX_BATCH_BYTES)
    refuse(
      "BatchRequestTooLong",
      "The length of all the batch messages put together is more than the limit.",
    );
}

async function outcomeOf(
  publish: (entry: URLSearchParams) => Promise<FauxqsAnswer>,
  entry: URLSearchParams,
): Promise<Record<string, unknown>> {
  try {
    const form = new URLSearchParams(entry);
    form.delete("Id");
    form.set("Action", "Publish");
    if (!form.has("Message")) form.set("Message", "");
    const answer = await publish(form);
    if (answer.status === 200) return { MessageId: elementOf(answer, "MessageId") };
    return { Code: elementOf(answer, "Code"), Message: elementOf(answer, "Message"), SenderFault: true };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { Code: error.code, Message: error.message, SenderFault: true };
  }
}
