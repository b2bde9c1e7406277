import type { Job } from "#core/jobs/job.ts";
import { largestObjectBytes, type Pipelines } from "#core/pipelines/pipeline.ts";
import type { History } from "../history.ts";
import type { Nature } from "../world/nature.ts";

/** What the rules of another try look at, beside the job itself. */
export interface ClaimContext {
  readonly pipelines: Pipelines;
  readonly history: History;
  readonly nowMs: number;
  /** Whoever wrote when the job is due, or looked whether it is, may have had a wrong clock. */
  readonly isAnyClockWrong: boolean;
  readonly natureOf: (job: Job) => Nature;
}

/** A run claims a job when it is due and may be helped; what was bad input once is bad input for ever. */
export function checkClaim(before: Job | undefined, after: Job, context: ClaimContext): void {
  const { history } = context;
  const { jobId } = after;
  if (before?.state === "RUNNING" && after.state === "RUNNABLE" && isKnownAsBad(before, context))
    history.violate({ rule: "bad-input-is-not-retried", what: `"${before.reported?.reason}"`, jobId });
  if (before?.state !== "RUNNABLE" || after.state !== "STARTING") return;
  const earlyMs = Date.parse(before.notBefore ?? "") - context.nowMs;
  if (!context.isAnyClockWrong && earlyMs > 0)
    history.violate({
      rule: "nothing-starts-too-soon",
      what: `claimed ${earlyMs / 1000} s too soon`,
      jobId,
    });
  const pipeline = context.pipelines[after.pipeline];
  const { source } = after;
  if (pipeline === undefined || source.type !== "upload") return;
  if (source.sizeBytes > largestObjectBytes(pipeline))
    history.violate({
      rule: "what-cannot-fit-is-not-launched",
      what: `${source.sizeBytes} bytes`,
      jobId,
    });
}

/** Its task has looked at it and said so. */
function isKnownAsBad(job: Job, { natureOf }: ClaimContext): boolean {
  const nature = natureOf(job);
  return job.reported !== undefined && (nature === "bad" || nature === "odd");
}
