import { availableParallelism } from "node:os";
import type { Run } from "#core/runs/run.ts";
import { workRun } from "#flow/work-run.ts";
import type { Worker } from "#flow/work-run.ts";
import { performJob } from "./perform-job.ts";
import { listenForStop, orExit, type StopSignals } from "./process-signals.ts";
import { readTaskConfig } from "./task-config.ts";
import type { TaskConfig } from "./task-config.ts";
import type { Work } from "./task-context.ts";
import { TaskDisk } from "./task-disk.ts";
import { readTaskArn } from "./task-identity.ts";
import { taskLog } from "./task-log.ts";
import { createTaskPorts } from "./task-ports.ts";
import type { TaskPorts } from "./task-ports.ts";

/** BSD's EX_TEMPFAIL: another try may help. */
const EXIT_TRY_AGAIN = 75;
/** What a process that died of SIGTERM shows. */
const EXIT_TERMINATED = 143;

/**
 * Runs a TypeScript task: takes the run that it was started for, does the work of each job and settles it, and ends the
 * process. Exit code 0: every job has an outcome, or the run is another task's; 143: stopped before that; 75: the table did
 * not answer; 1: the task's environment is wrong.
 */
export async function runTask(work: Work): Promise<never> {
  const signals = listenForStop();
  const config = orExit(() => readTaskConfig(process.env));
  const exitCode = await runAs(config, createTaskPorts(config), work, signals).catch((error: unknown) => {
    taskLog.error("The run could not be worked on", { runId: config.runId, error: String(error) });
    return EXIT_TRY_AGAIN;
  });
  // Work that was left behind after its time may still run; nobody waits for it.
  process.exit(exitCode);
}

/** @returns the exit code */
async function runAs(
  config: TaskConfig,
  ports: TaskPorts,
  work: Work,
  signals: StopSignals,
): Promise<number> {
  const disk = await TaskDisk.measure(ports.sources, config.diskBytes);
  const worker: Worker = {
    runId: config.runId,
    taskArn: await readTaskArn(config.metadataUrl),
    jobsAtOnce: processorsOf,
    perform: (assignment, run) =>
      performJob(assignment, {
        work,
        disk,
        results: ports.results,
        log: ports.log,
        timeoutMs: config.jobTimeoutMs,
        uploads: { bucket: config.uploadsBucket, folder: config.reads },
        maxHops: config.maxHops,
        processors: shareOf(run),
        interrupted: signals.interrupted,
      }),
    stopping: signals.stopping,
  };
  const worked = await workRun(worker, ports);
  ports.log.info("Run over", { runId: config.runId, ...worked });
  if (worked.type === "not-ours" || worked.left === 0) return 0;
  return signals.stopping.aborted ? EXIT_TERMINATED : EXIT_TRY_AGAIN;
}

/** A container sees its host's processors: what the task was given stands in the run. */
function processorsOf({ size }: Run): number {
  return Math.max(1, Math.min(Math.floor(size.cpu / 1024), availableParallelism()));
}

/** A run of one job may use all processors for it. */
function shareOf(run: Run): number {
  return Math.max(1, Math.floor(processorsOf(run) / run.manifest.length));
}
