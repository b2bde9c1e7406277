import type { FailureClass } from "#core/classification/failure.ts";
import { type Job, lastAttempt } from "#core/jobs/job.ts";
import type { History } from "../history.ts";
import { BAD_FILE, type Nature } from "../world/nature.ts";

/** What a failure of such an object is, where nothing but the object had a hand in it. */
const CLASSES: Readonly<Partial<Record<Nature, FailureClass>>> = {
  bad: "application",
  odd: "application",
  poison: "application",
  hog: "out-of-memory",
  endless: "timeout",
  huge: "application",
};
const HARMLESS: ReadonlySet<Nature> = new Set(["good", "flaky", "large"]);

/** Rule 7: what is bad fails with its reason and is called what it is, and costs nobody else. */
export function checkFate(
  job: Job,
  nature: Nature,
  { history, befallen }: { history: History; befallen: ReadonlySet<string> },
): void {
  const { jobId, state, failure } = job;
  const violate = (what: string): void => history.violate({ rule: "bad-input-costs-one-job", what, jobId });
  if ((nature === "bad" || nature === "huge") && state === "SUCCEEDED") violate(`a ${nature} file succeeded`);
  if (state !== "FAILED") return;
  if (failure?.reason === undefined || failure.reason === "") violate("failed without a reason");
  // A kill from outside looks like the work of the file that was worked on, and a lone one has to bear it.
  if (befallen.has(lastAttempt(job)?.runId ?? "")) return;
  if (HARMLESS.has(nature)) violate(`a ${nature} file failed and nothing befell its run: ${failure?.reason}`);
  // An image that knows nothing of us says no more than an exit code.
  if (job.pipeline === "plain") return;
  if (nature === "bad" && failure?.reason !== BAD_FILE) violate(`its reason is ${failure?.reason}`);
  const expected = CLASSES[nature];
  if (expected === undefined || failure?.class === expected) return;
  const what = `a file that is ${nature} failed as ${failure?.class}: ${failure?.reason}`;
  history.violate({ rule: "failures-are-called-what-they-are", what, jobId });
}
