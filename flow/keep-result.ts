import { fitsIntoItem } from "#core/jobs/item-limits.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { nextHop } from "#core/recursion/hops.ts";
import type { Assignment, Outcome } from "./work-run.ts";

/** A longer result goes to the results bucket, and the job says where. */
const MAX_RESULT_BYTES = 8 * 1024;

/** Claim check: the table keeps small results, the bucket long ones. */
export async function keepResult(
  outcome: Outcome,
  { resultsPrefix: prefix }: Assignment,
  results: ResultStore,
): Promise<Outcome> {
  if (outcome.type !== "succeeded") return outcome;
  let body: string;
  try {
    body = JSON.stringify(outcome.result) ?? "null";
  } catch (error) {
    const reason = `The result is nothing that JSON can say: ${String(error)}`;
    return { type: "failed", report: { reason, tryAgain: false } };
  }
  // As whoever reads it will find it: dates are text, and what is no number is null.
  const result: unknown = JSON.parse(body);
  if (fitsIntoItem(result, MAX_RESULT_BYTES)) return { type: "succeeded", result };
  const resultKey = `${prefix}result.json`;
  try {
    const metadata = nextHop(outcome.hop ?? 0);
    await results.put({ key: resultKey, body, contentType: "application/json", metadata });
  } catch (error) {
    const reason = `The result could not be written: ${String(error)}`;
    return { type: "failed", report: { reason, tryAgain: true } };
  }
  return { type: "succeeded", result: { resultKey } };
}
