import { z } from "zod";
import type { CloudContext } from "../../context/cloud-context.ts";
import { AwsError } from "../../gateway/aws-error.ts";
import type { JsonOperation } from "../../gateway/json-protocol.ts";
import type { BusStore } from "../bus-store.ts";
import type { EventRouter } from "../event-router.ts";
import { eventText } from "../event-text.ts";
import { busNameOrArn } from "../shapes.ts";
import { checked } from "../validation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const MAX_ENTRIES = 10;
export const MAX_REQUEST_BYTES = 1024 * 1024;
export const MAX_DETAIL_TYPE = 128;
const TIME_BYTES = 14;

const entry = z.object({
  /** Seconds since 1970. */
  Time: z.number().optional(),
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  EventBusName: busNameOrArn,
});
type Entry = z.output<typeof entry>;

const input = z.object({
  Entries: z
    .array(entry)
    .min(1, "Member must have length greater than or equal to 1")
    .max(MAX_ENTRIES, `Member must have length less than or equal to ${MAX_ENTRIES}`),
});

/** An entry that is refused, in the words of the entry's answer; the other entries are taken. */
class EntryError extends Error {
  override readonly name = "EntryError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function putEvents(context: CloudContext, store: BusStore, router: EventRouter): JsonOperation {
  return async (body, request) => {
    const { Entries } = checked(input, body);
    const size = Entries.reduce((sum, each) => sum + entryBytes(each), 0);
    if (size >= MAX_REQUEST_BYTES) {
      throw new AwsError(
        "ValidationException",
        "Total size of the entries in the request is over the limit.",
      );
    }
    for (const each of Entries) {
      request.authorize("events:PutEvents", store.busArn(store.busName(each.EventBusName)), {
        "events:source": each.Source ?? "",
        "events:detail-type": each.DetailType ?? "",
      });
    }
    const answers = Entries.map((each) => {
      try {
        const event = eventOf(context, each);
        router.put(each.EventBusName, event);
        return { EventId: event.id };
      } catch (error) {
        if (error instanceof EntryError) return { ErrorCode: error.code, ErrorMessage: error.message };
        throw error;
      }
    });
    return { FailedEntryCount: answers.filter((answer) => "ErrorCode" in answer).length, Entries: answers };
  };
}

function entryBytes({ Time, Source = "", DetailType = "", Detail = "", Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : TIME_BYTES);
}

function eventOf(context: CloudContext, { Time, Source, DetailType, Detail, Resources }: Entry) {
  const source = required("Source", Source);
  const detailType = required("DetailType", DetailType);
  const detail = required("Detail", Detail);
  if (source.startsWith("aws."))
    throw new EntryError("NotAuthorizedForSourceException", "Not authorized for the source.");
  if (detailType.length > MAX_DETAIL_TYPE) {
    throw invalidArgument("DetailType", `DetailType must be at most ${MAX_DETAIL_TYPE} characters long.`);
  }
  try {
    return eventText(context, {
      source,
      detailType,
      detail,
      resources: Resources ?? [],
      ...(Time === undefined ? {} : { time: new Date(Time * 1000).toISOString() }),
    });
  } catch (error) {
    if (error instanceof SyntaxError) throw new EntryError("MalformedDetail", "Detail is malformed.");
    throw error;
  }
}

function required(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw invalidArgument(name, `${name} is a required argument.`);
  return value;
}

function invalidArgument(name: string, reason: string): EntryError {
  return new EntryError("InvalidArgument", `Parameter ${name} is not valid. Reason: ${reason}`);
}
