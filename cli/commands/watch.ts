import type { Command } from "commander";
import { isTerminal, type Job } from "#core/jobs/job.ts";
import { pipelines } from "#pipelines";
import { operatorFor } from "../command-context.ts";
import { followJobs } from "../follow-jobs.ts";
import { jobView, secondsOf, subjectOf, summaryOf } from "../job-view.ts";
import type { Operator } from "../operator.ts";
import { progressLine } from "../progress.ts";
import { printable } from "../table.ts";
import { findJob, knownPipeline } from "./jobs.ts";

/** Jobs of one pipeline that are looked at for some that have not ended. */
const RECENT = 200;

interface WatchOptions {
  readonly pipeline?: string;
  readonly json?: boolean;
}

/** `watch [ID...]`: a line for each move of a job, until all of them have ended. */
export function addWatchCommand(program: Command): void {
  program
    .command("watch [ids...]")
    .description(
      "Follow jobs until they have ended: those that are named, or all that have not ended, and what comes meanwhile.",
    )
    .option("--pipeline <name>", "without ids: only jobs of this pipeline")
    .option("--json", "print each move as one line of JSON: the job as it then stands")
    .action(watch);
}

async function watch(ids: readonly string[], options: WatchOptions, command: Command): Promise<void> {
  const names = options.pipeline === undefined ? Object.keys(pipelines) : [knownPipeline(options.pipeline)];
  const operator = await operatorFor(command);
  for (const id of ids) await findJob(operator, id);
  const progress = progressLine(process.stderr);
  const print = (job: Job): void => {
    progress.clear();
    console.log(options.json === true ? JSON.stringify(jobView(job)) : lineOf(job));
  };
  try {
    const jobs = await followJobs(operator, ids, {
      moved: print,
      ...(process.stderr.isTTY ? { waiting: (text: string) => progress.show(text) } : {}),
      ...(ids.length === 0 ? { more: () => unfinished(names, operator) } : {}),
    });
    if (jobs.length === 0) console.error("Nothing is under way.");
    if (jobs.some(({ state }) => state !== "SUCCEEDED")) process.exitCode = 1;
  } finally {
    progress.clear();
  }
}

async function unfinished(names: readonly string[], operator: Operator): Promise<Job[]> {
  const recent = await Promise.all(
    names.map((pipeline) => operator.jobs.listRecent({ pipeline, limit: RECENT })),
  );
  return recent.flat().filter((job) => !isTerminal(job));
}

function lineOf(job: Job): string {
  const view = jobView(job);
  const took = view.endedAt === undefined ? "" : ` after ${secondsOf(view)} s`;
  return printable(
    `${job.updatedAt}  ${job.state.padEnd(9)}  ${job.pipeline}  ${subjectOf(view)}${took}  ${job.jobId}  ${summaryOf(view)}`,
  ).trimEnd();
}
