import type { GatewayResponse } from "../gateway/service.ts";

/** Errors whose names had a prefix in the older query protocol; the JSON protocol repeats those names in a header. */
const PREFIXED = new Set([
  "BatchEntryIdsNotDistinct",
  "BatchRequestTooLong",
  "EmptyBatchRequest",
  "InvalidBatchEntryId",
  "MessageNotInflight",
  "PurgeQueueInProgress",
  "QueueDeletedRecently",
  "TooManyEntriesInBatchRequest",
  "UnsupportedOperation",
]);

const RENAMED: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  AccessDeniedException: "AccessDenied",
};

/** What the query protocol calls an error of the JSON protocol. */
export function queryErrorName(code: string): string {
  return RENAMED[code] ?? (PREFIXED.has(code) ? `AWS.SimpleQueueService.${code}` : code);
}

/** Adds the header by which clients of the query-compatible protocol name errors. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function withQueryError(response: GatewayResponse): GatewayResponse {
  const code = response.headers?.["x-amzn-errortype"];
  if (code === undefined) return response;
  const fault = response.status < 500 ? "Sender" : "Receiver";
  return {
    ...response,
    headers: { ...response.headers, "x-amzn-query-error": `${queryErrorName(code)};${fault}` },
  };
}
