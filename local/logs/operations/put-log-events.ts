import { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import { arriving, type LogFaults } from "../faults.ts";
import type { StoredEvent } from "../log-stream.ts";
import type { LogStore } from "../log-store.ts";
import { checked, groupName, streamName } from "../validation.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export const MAX_EVENTS = 10_000;
export const MAX_BATCH_BYTES = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const TOO_NEW_MS = 2 * 3_600_000;
const TOO_OLD_MS = 14 * 86_400_000;
const MAX_SPAN_MS = 24 * 3_600_000;

const input = z.object({
  logGroupName: groupName,
  logStreamName: streamName,
  logEvents: z
    .array(z.object({ timestamp: z.number().int().min(0), message: z.string().min(1) }))
    .min(1)
    .max(MAX_EVENTS),
});

/** `taken` hears of the events that were written. */
export function putLogEvents(
  context: CloudContext,
  store: LogStore,
  { faults, taken }: { faults: LogFaults; taken: (events: readonly StoredEvent[]) => void },
): JsonOperation {
  return async (body, request) => {
    const { logGroupName, logStreamName, logEvents } = checked(input, body);
    request.authorize("logs:PutLogEvents", `${store.arn(logGroupName)}:log-stream:${logStreamName}`);
    const stream = store.stream(logGroupName, logStreamName);
    const ingestionTime = context.clock.now();
    checkBatch(logEvents);
    const since = store.keptSince(store.group(logGroupName));
    // Events stand in the order of time, so those that are refused are at its two ends.
    const tooOld = logEvents.filter(({ timestamp }) => timestamp < ingestionTime - TOO_OLD_MS).length;
    const expired = logEvents.filter(({ timestamp }) => timestamp < since).length;
    const tooNew = logEvents.filter(({ timestamp }) => timestamp > ingestionTime + TOO_NEW_MS).length;
    const accepted = logEvents
      .slice(Math.max(tooOld, expired), logEvents.length - tooNew)
      .map(({ timestamp, message }) => ({ timestamp, ingestionTime, message }));
    const events = arriving(faults, logGroupName, accepted);
    stream.append(events);
    taken(events);
    const rejected = {
      ...(tooNew === 0 ? {} : { tooNewLogEventStartIndex: logEvents.length - tooNew }),
      ...(tooOld === 0 ? {} : { tooOldLogEventEndIndex: tooOld }),
      ...(expired === 0 ? {} : { expiredLogEventEndIndex: expired }),
    };
    return {
      nextSequenceToken: String(ingestionTime),
      ...(Object.keys(rejected).length === 0 ? {} : { rejectedLogEventsInfo: rejected }),
    };
  };
}

function checkBatch(events: readonly { timestamp: number; message: string }[]): void {
  const times = events.map(({ timestamp }) => timestamp);
  if (times.some((time, index) => time < (times[index - 1] ?? 0))) {
    throw new AwsError(
      "InvalidParameterException",
      "Log events in a single PutLogEvents request must be in chronological order.",
    );
  }
  if ((times.at(-1) ?? 0) - (times[0] ?? 0) > MAX_SPAN_MS) {
    throw new AwsError(
      "InvalidParameterException",
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    );
  }
  const bytes = events.reduce(
    (sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES,
    0,
  );
  if (bytes > MAX_BATCH_BYTES) {
    throw new AwsError(
      "InvalidParameterException",
      `Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`,
    );
  }
}
