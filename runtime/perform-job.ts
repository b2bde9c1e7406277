import type { ReportedFailure } from "#core/jobs/job.ts";
import type { Log } from "#core/ports/log.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import { BadInput, Misconfigured, TryAgain } from "#flow/work-errors.ts";
import type { Assignment, Outcome } from "#flow/work-run.ts";
import { AttemptResults } from "./task-context.ts";
import type { TaskContext, UploadReader, Work } from "./task-context.ts";
import type { TaskDisk } from "./task-disk.ts";

/** How long work may take to notice that its time is over, before it is left to itself. */
const ABORT_GRACE_MS = 2000;

export interface JobShop {
  readonly work: Work;
  readonly disk: TaskDisk;
  readonly results: ResultStore;
  readonly log: Log;
  readonly timeoutMs: number;
  /** The uploads that a job may name in its input. */
  readonly uploads: { readonly bucket: string; readonly folder: string | undefined };
  /** How many tasks may lie behind an input. */
  readonly maxHops: number;
  readonly processors: number;
  /** Aborts when the task has to be gone at once; jobs under way are then nobody's fault. */
  readonly interrupted: AbortSignal;
}

/**
 * Downloads a job's input and does the work within its time. Native code cannot be stopped: work that goes on after its
 * time is left behind, its outcome is dropped, and the process does not wait for it. Never rejects.
 */
export async function performJob(assignment: Assignment, shop: JobShop): Promise<Outcome> {
  const late = new AbortController();
  const overdue = Promise.withResolvers<Outcome>();
  let timer = setTimeout(() => {
    late.abort(new Error("The job's time is over."));
    timer = setTimeout(() => overdue.resolve(timedOut(shop.timeoutMs)), ABORT_GRACE_MS);
  }, shop.timeoutMs);
  const interrupt = (): void => overdue.resolve({ type: "interrupted" });
  shop.interrupted.addEventListener("abort", interrupt);
  const signal = AbortSignal.any([late.signal, shop.interrupted]);
  try {
    const outcome = await Promise.race([attempt(assignment, shop, signal), overdue.promise]);
    if (shop.interrupted.aborted && outcome.type === "failed") return { type: "interrupted" };
    return late.signal.aborted && outcome.type === "failed" ? timedOut(shop.timeoutMs) : outcome;
  } finally {
    clearTimeout(timer);
    shop.interrupted.removeEventListener("abort", interrupt);
  }
}

async function attempt(assignment: Assignment, shop: JobShop, signal: AbortSignal): Promise<Outcome> {
  const { job } = assignment;
  const startedMs = performance.now();
  const log = logOf(shop.log, job.jobId);
  try {
    await using input =
      job.source.type === "upload" ? await shop.disk.fetch(job.source, shop.maxHops, signal) : undefined;
    const results = new AttemptResults(shop.results, assignment.resultsPrefix, input?.hop ?? 0);
    const context: TaskContext = {
      job,
      attempt: assignment.attempt,
      input,
      uploads: uploadsFor(shop, results, signal),
      results,
      signal,
      log,
      processors: shop.processors,
    };
    const result = await shop.work(context);
    log.info("Job done", { seconds: secondsSince(startedMs) });
    return { type: "succeeded", result, hop: results.hop };
  } catch (error) {
    const report = reportOf(error);
    log.error("Job failed", { seconds: secondsSince(startedMs), reason: report.reason, ...detailsOf(error) });
    return { type: "failed", report };
  }
}

/** Keys come from outside: what lies beyond the folder is refused here, and by the task's role. */
function uploadsFor(
  { uploads, disk, maxHops }: JobShop,
  results: AttemptResults,
  signal: AbortSignal,
): UploadReader {
  return {
    fetch: async (key) => {
      const { bucket, folder } = uploads;
      if (folder === undefined)
        throw new Misconfigured('The pipeline may read no uploads; give its source "reads" in pipelines.ts.');
      if (!key.startsWith(folder))
        throw new BadInput(`The key does not begin with "${folder}", where the pipeline may read.`);
      const input = await disk.fetchNewest({ bucket, key }, maxHops, signal);
      results.madeFrom(input);
      return input;
    },
  };
}

function reportOf(error: unknown): ReportedFailure {
  if (error instanceof BadInput) return { reason: error.message, tryAgain: false };
  if (error instanceof Misconfigured) return { reason: error.message, tryAgain: false, misconfigured: true };
  if (error instanceof TryAgain) return { reason: error.message, tryAgain: true };
  return { reason: `The task's program failed: ${String(error)}`, tryAgain: false };
}

/** The stack helps where our program is at fault; of bad input the reason says everything. */
function detailsOf(error: unknown): { stack?: string } {
  if (error instanceof BadInput || !(error instanceof Error) || error.stack === undefined) return {};
  return { stack: error.stack };
}

function timedOut(timeoutMs: number): Outcome {
  const reason = `The job took longer than its limit of ${timeoutMs / 1000} seconds.`;
  return { type: "failed", report: { reason, tryAgain: true, timedOut: true } };
}

function logOf(log: Log, jobId: string): Log {
  return {
    info: (message, data) => log.info(message, { jobId, ...data }),
    warn: (message, data) => log.warn(message, { jobId, ...data }),
    error: (message, data) => log.error(message, { jobId, ...data }),
  };
}

function secondsSince(startedMs: number): number {
  return Math.round(performance.now() - startedMs) / 1000;
}
