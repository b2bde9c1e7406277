import { z } from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import { filterPattern } from "../filter-pattern.ts";
import type { LogStore } from "../log-store.ts";
import { fileNameOf, type LogStream, type StoredEvent } from "../log-stream.ts";
import { checked, groupNameOf, groupReference, limit, streamName, time } from "../validation.ts";
import { onePage } from "./paging.ts";

const MAX_PAGE = 10_000;
/** What one answer may hold. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
const MAX_ANSWER_BYTES = 1_000_000;

const span = { startTime: time, endTime: time, nextToken: z.string().optional(), limit: limit(MAX_PAGE) };
const get = z.object({
  ...groupReference,
  logStreamName: streamName,
  ...span,
  startFromHead: z.boolean().optional(),
});
const filter = z.object({
  ...groupReference,
  logStreamNames: z.array(streamName).min(1).max(100).optional(),
  logStreamNamePrefix: streamName.optional(),
  filterPattern: z.string().max(1024).optional(),
  interleaved: z.boolean().optional(),
  ...span,
});

export function readOperations(store: LogStore): Readonly<Record<string, JsonOperation>> {
  return {
    async GetLogEvents(body, request) {
      const input = checked(get, body);
      const group = groupNameOf(input);
      request.authorize("logs:GetLogEvents", `${store.arn(group)}:log-stream:${input.logStreamName}`);
      const stream = store.stream(group, input.logStreamName);
      // The end of the span is its first moment that does not count here, while FilterLogEvents counts it.
      const end = input.endTime === undefined ? undefined : input.endTime - 1;
      const events = within(stream.events(), store.keptSince(store.group(group)), { ...input, endTime: end });
      const [from, to] = window(events, input);
      return {
        events: events
          .slice(from, to)
          .map(({ timestamp, ingestionTime, message }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: `f/${to}`,
        nextBackwardToken: `b/${from}`,
      };
    },
    async FilterLogEvents(body, request) {
      const input = checked(filter, body);
      const group = groupNameOf(input);
      request.authorize("logs:FilterLogEvents", `${store.arn(group)}:log-stream:*`);
      if (input.logStreamNames !== undefined && input.logStreamNamePrefix !== undefined) {
        throw new AwsError(
          "InvalidParameterException",
          "logStreamNames and logStreamNamePrefix cannot both be given.",
        );
      }
      const matches = filterPattern(input.filterPattern ?? "");
      const since = store.keptSince(store.group(group));
      const found = streamsOf(store, group, input).flatMap((stream) =>
        isOutside(stream, input)
          ? []
          : within(
              stream.events().map((event, index) => ({ ...event, index, logStreamName: stream.facts.name })),
              since,
              input,
            ).filter(({ message }) => matches(message)),
      );
      const { items, nextToken } = onePage(
        found.sort((a, b) => a.timestamp - b.timestamp),
        input,
        MAX_PAGE,
      );
      const fitting = items.slice(0, fittingCount(items));
      const cut = fitting.length < items.length;
      return {
        events: fitting.map(({ timestamp, ingestionTime, message, logStreamName, index }) => ({
          logStreamName,
          timestamp,
          message,
          ingestionTime,
          eventId: eventId(logStreamName, timestamp, index),
        })),
        searchedLogStreams: [],
        nextToken: cut ? String(Number(input.nextToken ?? 0) + fitting.length) : nextToken,
      };
    },
  };
}

interface Span {
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
}

function within<E extends StoredEvent>(
  events: readonly E[],
  since: number,
  { startTime = 0, endTime = Infinity }: Span,
): E[] {
  return events.filter(
    ({ timestamp }) => timestamp >= since && timestamp >= startTime && timestamp <= endTime,
  );
}

/** Whether the stream cannot hold an event of the span, so that its file need not be read. */
function isOutside({ facts }: LogStream, { startTime = 0, endTime = Infinity }: Span): boolean {
  return (facts.lastTimestamp ?? -1) < startTime || (facts.firstTimestamp ?? Infinity) > endTime;
}

function streamsOf(
  store: LogStore,
  group: string,
  {
    logStreamNames,
    logStreamNamePrefix = "",
  }: { logStreamNames?: string[] | undefined; logStreamNamePrefix?: string | undefined },
): LogStream[] {
  if (logStreamNames !== undefined) return logStreamNames.map((name) => store.stream(group, name));
  return [...store.group(group).streams.values()].filter(({ facts }) =>
    facts.name.startsWith(logStreamNamePrefix),
  );
}

/** From the tail, unless told to start at the head; a token goes on from where an answer ended, to either side. */
function window(
  events: readonly StoredEvent[],
  {
    nextToken,
    limit: count = MAX_PAGE,
    startFromHead,
  }: { nextToken?: string | undefined; limit?: number | undefined; startFromHead?: boolean | undefined },
): [from: number, to: number] {
  const [, direction, place] = nextToken === undefined ? [] : (/^([fb])\/(\d+)$/.exec(nextToken) ?? []);
  if (nextToken !== undefined && place === undefined) {
    throw new AwsError("InvalidParameterException", "The specified nextToken is invalid.");
  }
  if (direction === "f" || (direction === undefined && startFromHead === true)) {
    const from = Math.min(Number(place ?? 0), events.length);
    return [from, from + fittingCount(events.slice(from, from + count))];
  }
  const to = Math.min(Number(place ?? events.length), events.length);
  const backwards = events.slice(Math.max(0, to - count), to).toReversed();
  return [to - fittingCount(backwards), to];
}

function fittingCount(events: readonly StoredEvent[]): number {
  let bytes = 0;
  const over = events.findIndex(({ message }, index) => {
    bytes += Buffer.byteLength(message);
    return index > 0 && bytes > MAX_ANSWER_BYTES;
  });
  return over < 0 ? events.length : over;
}

/** Unlike any other event's, and the same at every look, as `aws logs tail --follow` goes by it. */
function eventId(stream: string, timestamp: number, index: number): string {
  const hash = BigInt(`0x${fileNameOf(stream).slice(0, 14)}`)
    .toString()
    .padStart(17, "0");
  return `${timestamp}${hash}${String(index).padStart(10, "0")}`;
}
