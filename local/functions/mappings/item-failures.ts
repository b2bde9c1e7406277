/**
 * Which messages of a batch have failed by a function's partial batch response. Nothing returned, and an empty list, mean
 * success; an empty, absent or unknown id, or a response of another shape, fails the whole batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function failedMessages(response: string, messageIds: readonly string[]): ReadonlySet<string> {
  const all = new Set(messageIds);
  const parsed = parse(response);
  if (parsed === undefined) return all;
  if (parsed === null || parsed === "") return new Set();
  if (typeof parsed !== "object" || Array.isArray(parsed)) return all;
  const failures = (parsed as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return all;
  const failed = new Set<string>();
  for (const failure of failures as readonly unknown[]) {
    const id = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof id !== "string" || !all.has(id)) return all;
    failed.add(id);
  }
  return failed;
}

/** undefined where it is no JSON. */
function parse(response: string): unknown {
  if (response === "") return null;
  try {
    return JSON.parse(response) as unknown;
  } catch {
    return undefined;
  }
}
