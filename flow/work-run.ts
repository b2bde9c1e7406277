import type { Job, ReportedFailure } from "#core/jobs/job.ts";
import { reportJobFailure, succeedJob, takeJob } from "#core/jobs/transitions.ts";
import { resultsPrefix } from "#core/planning/run-request.ts";
import type { Clock } from "#core/ports/clock.ts";
import type { JobStore } from "#core/ports/job-store.ts";
import type { Log } from "#core/ports/log.ts";
import type { TaskReports } from "#core/ports/messaging.ts";
import type { ResultStore } from "#core/ports/object-store.ts";
import type { RunStore } from "#core/ports/run-store.ts";
import type { ManifestEntry, Run } from "#core/runs/run.ts";
import { takeRun } from "#core/runs/transitions.ts";
import { keepResult } from "./keep-result.ts";
import { ReportBatch } from "./report-batch.ts";
import { moveJob, moveRun } from "./save.ts";

export interface WorkPorts {
  readonly jobs: Pick<JobStore, "readJob" | "saveJob">;
  readonly runs: Pick<RunStore, "readRun" | "saveRun">;
  readonly results: ResultStore;
  readonly reports: TaskReports;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls back once, unless the returned function is called before. */
  readonly inSeconds: (seconds: number, callback: () => void) => () => void;
}

/** A job that this task holds. */
export interface Assignment {
  readonly job: Job;
  readonly attempt: number;
  /** Where its results go in the results bucket: jobs/<jobId>/<attempt>/ */
  readonly resultsPrefix: string;
}

/** How the work at one job ended; `interrupted` leaves it to track, which sees the task stop. */
export type Outcome =
  | {
      readonly type: "succeeded";
      readonly result: unknown;
      /** How many tasks lie behind the job's input; absent where it has none. */
      readonly hop?: number;
    }
  | { readonly type: "failed"; readonly report: ReportedFailure }
  | { readonly type: "interrupted" };

/** The task that works: who it is, what it does with one job, and when it has to stop. */
export interface Worker {
  readonly runId: string;
  readonly taskArn: string;
  /** Jobs at once for a run of this size. */
  readonly jobsAtOnce: (run: Run) => number;
  /** Never rejects. */
  readonly perform: (assignment: Assignment, run: Run) => Promise<Outcome>;
  /** Aborts when no further job may be begun. */
  readonly stopping: AbortSignal;
}

/** What became of the run. `left` jobs have no outcome: track will decide about them when the task has stopped. */
export type WorkedRun =
  | { readonly type: "not-ours"; readonly why: string }
  | { readonly type: "worked"; readonly settled: number; readonly skipped: number; readonly left: number };

/**
 * What a task does from beginning to end: takes its run, takes and settles each job of the manifest, tells track in batches.
 * Who comes second, or too late, touches nothing.
 * @throws where the run is not in the table or cannot be taken for trouble with the store: nothing has been begun then
 */
export async function workRun(worker: Worker, ports: WorkPorts): Promise<WorkedRun> {
  const known = await ports.runs.readRun(worker.runId);
  if (known === undefined) throw new Error(`There is no run ${worker.runId} in the table.`);
  const taken = await moveRun(ports.runs, known, (run) => takeRun(run, worker.taskArn, ports.clock.now()));
  const run = taken?.item;
  if (run?.takenBy !== worker.taskArn) {
    return {
      type: "not-ours",
      why: `the run is ${run?.state ?? "gone"}, taken by ${run?.takenBy ?? "nobody"}`,
    };
  }
  await using reports = new ReportBatch(worker.runId, ports);
  const count = { settled: 0, skipped: 0, left: 0 };
  const waiting = run.manifest.values();
  const workThrough = async (): Promise<void> => {
    for (const entry of waiting) {
      const end = worker.stopping.aborted ? "left" : await workOn(entry, run, worker, ports);
      count[end] += 1;
      if (end === "settled") reports.add(entry.jobId);
    }
  };
  const lanes = Math.min(run.manifest.length, worker.jobsAtOnce(run));
  await Promise.all(Array.from({ length: lanes }, workThrough));
  return { type: "worked", ...count };
}

/** Takes one job, has it done and settles it. One job's trouble never keeps the others from their turn. */
async function workOn(
  entry: ManifestEntry,
  run: Run,
  worker: Worker,
  ports: WorkPorts,
): Promise<"settled" | "skipped" | "left"> {
  try {
    const job = await take(entry, worker, ports);
    if (job === undefined) return "skipped";
    const assignment = {
      job,
      attempt: entry.attempt,
      resultsPrefix: resultsPrefix(entry.jobId, entry.attempt),
    };
    const outcome = await keepResult(await worker.perform(assignment, run), assignment, ports.results);
    if (outcome.type === "interrupted") return "left";
    const settled = await moveJob(ports.jobs, job, (current) =>
      outcome.type === "succeeded"
        ? succeedJob(current, worker.runId, outcome.result, ports.clock.now())
        : reportJobFailure(current, worker.runId, outcome.report, ports.clock.now()),
    );
    if (settled?.moved === true) return "settled";
    ports.log.warn("The job is no longer this run's; its outcome is dropped", { jobId: entry.jobId });
    return "skipped";
  } catch (error) {
    ports.log.error("The job could not be taken or settled", { jobId: entry.jobId, error: String(error) });
    return "left";
  }
}

async function take(entry: ManifestEntry, worker: Worker, ports: WorkPorts): Promise<Job | undefined> {
  const known = await ports.jobs.readJob(entry.jobId);
  if (known === undefined) return undefined;
  const { runId, taskArn } = worker;
  const taken = await moveJob(ports.jobs, known, (job) =>
    takeJob(job, { runId, attempt: entry.attempt, taskArn }, ports.clock.now()),
  );
  return taken?.moved === true ? taken.item : undefined;
}
